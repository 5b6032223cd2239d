import pg from 'pg'
import { until } from './until.ts'

/** The rows themselves, past every wall: for counting, never for what the product should do. */
export type Rows = {
  all: <T>(text: string, values?: unknown[]) => Promise<T[]>
  one: <T>(text: string, values?: unknown[]) => Promise<T>
  close: () => Promise<void>
}

export function openRows(adminUrl: string): Rows {
  const pool = new pg.Pool({ connectionString: adminUrl, max: 2, allowExitOnIdle: true })
  pool.on('error', () => undefined) // Postgres may be killed under us; the next query connects again.
  const all = async <T>(text: string, values: unknown[] = []) => (await pool.query(text, values)).rows as T[]
  return {
    all,
    async one<T>(text: string, values: unknown[] = []) {
      const [row] = await all<T>(text, values)
      if (row === undefined) throw new Error(`no row: ${text.slice(0, 80)}`)
      return row
    },
    close: () => pool.end(),
  }
}

/** `unknown` will be settled or tried once more; `undecided` ended as unknown, and is left to whoever reads the thread. */
export type Backlog = {
  items: number
  unhandled: number
  messages: number
  leaving: number
  unknown: number
  undecided: number
}

/** A second attempt is the last one, and there is none for what may no longer leave: of that nothing is asked any more. */
const TO_BE_SETTLED = `(not_before is not null and message_class = 'reply' and attempt < 2)`

/** What still has to be done: items not taken in, messages not handled, sends not settled. */
export const backlogOf = (rows: Rows): Promise<Backlog> =>
  rows.one<Backlog>(`
    select (select count(*) from inbound_events where state = 'new')::int as items,
      (select count(*) from conversations where handled_seq < last_seq)::int as unhandled,
      (select coalesce(sum(last_seq - handled_seq), 0) from conversations)::int as messages,
      (select count(*) from messages where state in ('queued', 'sending'))::int as leaving,
      (select count(*) from messages where state = 'unknown' and ${TO_BE_SETTLED})::int as unknown,
      (select count(*) from messages where state = 'unknown' and not ${TO_BE_SETTLED})::int as undecided`)

/** Waits until nothing is left to do. @returns how long that took, or undefined when it took too long. */
export async function drained(rows: Rows, withinMs: number): Promise<number | undefined> {
  const began = performance.now()
  const empty = async () => {
    const { items, unhandled, leaving, unknown } = await backlogOf(rows)
    return items + unhandled + leaving + unknown === 0
  }
  const done = await until(empty, { withinMs, everyMs: 250 })
  return done === undefined ? undefined : performance.now() - began
}
