import { createHash } from 'node:crypto'
import type { Statement } from './tx.ts'

/** A piece of a statement with its own values, some of which may be pieces again. */
export class Part {
  readonly strings: readonly string[]
  readonly values: readonly unknown[]

  constructor(strings: readonly string[], values: readonly unknown[]) {
    this.strings = strings
    this.values = values
  }
}

export const part = (strings: TemplateStringsArray, ...values: unknown[]): Part => new Part(strings, values)

/**
 * Joins pieces into one statement, for lists whose filters are chosen by the reader: `query(part\`select …\`, q && part\`and …\`)`.
 * Each set of filters is a statement of its own, so that Postgres plans it for the index that fits it.
 */
export function query(...parts: (Part | false | undefined)[]): Statement {
  let text = ''
  const values: unknown[] = []
  const write = ({ strings, values: own }: Part): void => {
    strings.forEach((literal, index) => {
      if (index > 0) {
        const value = own[index - 1]
        if (value instanceof Part) write(value)
        else text += `$${values.push(value)}`
      }
      text += literal
    })
  }
  for (const piece of parts) {
    if (!piece) continue
    if (text !== '') text += '\n'
    write(piece)
  }
  return { text, values, name: createHash('sha1').update(text).digest('base64url') }
}
