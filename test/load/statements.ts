import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import type { WholeHouse } from './house.ts'
import { pause } from './until.ts'

export type Statement = { user: string; text: string; count: number; totalMs: number }
export type StatementCount = { statements: Statement[]; count: number; totalMs: number }

const PREFIX = 'hf|%u|'
const RECORD = /^hf\|([^|]*)\|/
const DONE = /LOG: {2}duration: ([\d.]+) ms {2}(statement|execute [^:]*): ([\s\S]*)$/

/**
 * Counts what Postgres is asked while `work` runs. The package brings no pg_stat_statements, so the server logs each
 * statement with its time, and the log is read.
 */
export async function countStatements(house: WholeHouse, work: () => Promise<void>): Promise<StatementCount> {
  const file = join(house.dataPath, 'logs', 'postgres.log')
  await configure(house, [
    `alter system set log_min_duration_statement = 0`,
    `alter system set log_line_prefix = '${PREFIX}'`,
  ])
  const from = statSync(file).size
  try {
    await work()
    await pause(300)
  } finally {
    await configure(house, ['alter system reset log_min_duration_statement', 'alter system reset log_line_prefix'])
  }
  return digest(readFrom(file, from))
}

async function configure(house: WholeHouse, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: house.adminUrl })
  await client.connect()
  try {
    for (const statement of [...statements, 'select pg_reload_conf()']) await client.query(statement)
  } finally {
    await client.end()
  }
  await pause(500) // each backend reads the change when it is next idle
}

function readFrom(file: string, from: number): string {
  const buffer = Buffer.alloc(Math.max(0, statSync(file).size - from))
  const handle = openSync(file, 'r')
  try {
    readSync(handle, buffer, 0, buffer.length, from)
  } finally {
    closeSync(handle)
  }
  return buffer.toString('utf8')
}

/** Statements of the house by their text, the most expensive first. The harness's own superuser is left out. */
export function digest(log: string): StatementCount {
  const byText = new Map<string, Statement>()
  for (const record of log.split(/\n(?=hf\|)/)) {
    const user = RECORD.exec(record)?.[1] ?? ''
    const done = DONE.exec(record)
    if (done === null || !user.startsWith('holdfast')) continue
    const text = normalised(done[3]!)
    const key = `${user} ${text}`
    const known = byText.get(key) ?? { user, text, count: 0, totalMs: 0 }
    known.count += 1
    known.totalMs += Number(done[1])
    byText.set(key, known)
  }
  const statements = [...byText.values()].sort((left, right) => right.totalMs - left.totalMs)
  return {
    statements,
    count: statements.reduce((sum, one) => sum + one.count, 0),
    totalMs: statements.reduce((sum, one) => sum + one.totalMs, 0),
  }
}

const normalised = (text: string): string =>
  text
    .replaceAll(/'[0-9a-f]{8}-[0-9a-f-]{27}'/g, '?')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 160)
