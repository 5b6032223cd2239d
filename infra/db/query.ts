import { createHash } from 'node:crypto'
import type { Statement } from './tx.ts'

/** A piece of a statement with its own values. Pieces are joined by `query`, never by string concatenation. */
export type Part = { strings: readonly string[]; values: readonly unknown[] }

export const part = (strings: TemplateStringsArray, ...values: unknown[]): Part => ({ strings, values })

/**
 * Joins pieces into one statement, for lists whose filters are chosen by the reader: `query(part\`select …\`, q && part\`and …\`)`.
 * Each set of filters is a statement of its own, so that Postgres plans it for the index that fits it.
 */
export function query(...parts: (Part | false | undefined)[]): Statement {
  let text = ''
  const values: unknown[] = []
  for (const piece of parts) {
    if (!piece) continue
    if (text !== '') text += '\n'
    piece.strings.forEach((literal, index) => {
      if (index > 0) {
        values.push(piece.values[index - 1])
        text += `$${values.length}`
      }
      text += literal
    })
  }
  return { text, values, name: createHash('sha1').update(text).digest('base64url') }
}
