import { globSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { WholeHouse } from './house.ts'
import type { Rows } from './rows.ts'

/** Bytes: written to the log of Postgres so far, and lying in Postgres and in Temporal now. */
export type Disk = { logged: number; rows: number; histories: number }

export async function diskOf(house: WholeHouse, rows: Rows): Promise<Disk> {
  const { logged, size } = await rows.one<{ logged: number; size: number }>(`
    select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as logged, pg_database_size(current_database())::float8 as size`)
  const files = globSync('temporal*/**/*.{db,sqlite}*', { cwd: house.dataPath })
  const histories = files.reduce((sum, file) => sum + statSync(join(house.dataPath, file)).size, 0)
  return { logged, rows: size, histories }
}

export const grownPer = (before: Disk, after: Disk, count: number): Disk => ({
  logged: (after.logged - before.logged) / count,
  rows: (after.rows - before.rows) / count,
  histories: (after.histories - before.histories) / count,
})
