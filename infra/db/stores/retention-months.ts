import type { RetentionLimits } from '#domain/privacy/retention.ts'
import { sql, type Tx } from '../tx.ts'
import { BY_MONTH } from './retention-classes.ts'

export type MonthlyTable = keyof typeof BY_MONTH
export const MONTHLY_TABLES = Object.keys(BY_MONTH) as MonthlyTable[]

/**
 * Drops the months of a table that no tenant keeps any more, whole; one that holds what is still open stays, as the table of what
 * is cut by month says. Runs as the relay, in a transaction of its own: nobody can read the table until it is over, and
 * whoever locked a second one behind it could wait in a circle with who writes into both.
 *
 * @returns the partitions that are gone.
 */
export async function dropOldMonths(relay: Tx, table: MonthlyTable, limits: RetentionLimits): Promise<string[]> {
  const before = new Date(limits[BY_MONTH[table]])
  const row = await relay.row<{ dropped: string[] }>(sql`select drop_partitions(${table}, ${before}) as dropped`)
  return row!.dropped
}
