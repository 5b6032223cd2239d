import { type Part, part, query } from '../query.ts'
import { sql, type Tx } from '../tx.ts'

const PHONE = /^[+\d][\d\s().-]*$/
const WORDS_MAX = 5
/** Up to here lists begin with the contacts that match; beyond, with their own order, and look each contact up. */
const FEW_MAX = 1_000

/** What a person typed, as beginnings of words that every match must have. Empty when nothing can be searched for. */
async function searchPrefixes(tx: Tx, typed: string): Promise<string[]> {
  if (PHONE.test(typed)) {
    const digits = typed.replace(/\D/g, '').replace(/^0+/, '')
    return digits === '' ? [] : [digits]
  }
  const row = await tx.row<{ words: string[] }>(sql`select search_words(${typed}) as words`)
  return (row?.words ?? []).slice(0, WORDS_MAX)
}

// The last character there is: every text that begins with a prefix sorts before the prefix with this behind it.
const LAST = '\u{10FFFF}'

const withPrefix = (prefix: string): Part =>
  part`select w.contact_id from contact_words w where w.word >= ${prefix} and w.word < ${prefix + LAST}`

/**
 * The condition by which a list on `column` keeps the contacts that match what was typed; undefined when none can.
 *
 * A rare name leads from the few contacts to their rows. A common one is hashed once and tested row by row in the order
 * of the list, which ends at the first page; `is true` keeps the planner from making a join of it.
 */
export async function matchingContacts(tx: Tx, column: Part, typed: string): Promise<Part | undefined> {
  const prefixes = await searchPrefixes(tx, typed)
  if (prefixes.length === 0) return undefined
  const [first, ...others] = prefixes.map(withPrefix)
  const all = part`${first} ${others.reduce((rest, one) => part`${rest} and w.contact_id in (${one})`, part``)}`
  const few = await tx.rows<{ contact_id: string }>(query(all, part`limit ${FEW_MAX + 1}`))
  if (few.length > FEW_MAX) return part`and (${column} in (${all})) is true`
  return part`and ${column} in (select unnest(${[...new Set(few.map((row) => row.contact_id))]}::uuid[]))`
}
