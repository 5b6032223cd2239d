import { type Part, part } from '../query.ts'
import { sql, type Tx } from '../tx.ts'

const PHONE = /^[+\d][\d\s().-]*$/
const WORDS_MAX = 5

/** What a person typed, as beginnings of words that every match must have. Empty when nothing can be searched for. */
export async function searchPrefixes(tx: Tx, typed: string): Promise<string[]> {
  if (PHONE.test(typed)) {
    const digits = typed.replace(/\D/g, '').replace(/^0+/, '')
    return digits === '' ? [] : [digits]
  }
  const row = await tx.row<{ words: string[] }>(sql`select search_words(${typed}) as words`)
  return (row?.words ?? []).slice(0, WORDS_MAX)
}

// The last character there is: every text that begins with a prefix sorts before the prefix with this behind it.
const LAST = '\u{10FFFF}'

/** Conditions on a column of contact ids, such as `part\`c.contact_id\``: every prefix must begin one of their words. */
export function matchingContacts(column: Part, prefixes: readonly string[]): Part[] {
  return prefixes.map(
    (prefix) =>
      part`and ${column} in (
        select w.contact_id from contact_words w where w.word >= ${prefix} and w.word < ${prefix + LAST})`,
  )
}
