import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type Db, sql } from './tx.ts'

/** One change of the tables: a file in `migrations/`, applied once, in the order of the names. */
export type SchemaChange = { name: string; text: string }

const FOLDER = new URL('./migrations/', import.meta.url)

/** SQL is the truth of the schema, because partitions, policies and grants are in it. */
export function shippedChanges(): SchemaChange[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ name: file.replace(/\.sql$/, ''), text: readFileSync(new URL(file, FOLDER), 'utf8') }))
}

/** Takes away what the version before it still uses; every other change only adds, so that both versions can run. */
export const isContract = (name: string): boolean => name.endsWith('-contract')

/** Made in no transaction, as `create index concurrently` must be. It may break off half-way: each statement can be run again. */
export const isApart = (text: string): boolean => text.startsWith('-- outside a transaction')

/**
 * Whether a version can run on tables. Ones that are newer are no hindrance, or nothing could be updated while it runs,
 * unless something was taken away that this version uses.
 *
 * @returns why not, with the way out.
 */
export function schemaRefusal(known: readonly string[], made: readonly string[]): string | undefined {
  const missing = known.filter((name) => !made.includes(name))
  if (missing.length > 0) {
    const count = missing.length === 1 ? 'One change is' : `${missing.length} changes are`
    return `The tables are older than this version. ${count} missing, from ${missing[0]}. Run npm run db:migrate first.`
  }
  const taken = made.find((name) => isContract(name) && !known.includes(name))
  if (taken === undefined) return undefined
  return `The tables belong to a newer version, which took away what this one uses (${taken}). Run that version, or a later one.`
}

const UNDEFINED_FUNCTION = '42883'

async function madeChanges(db: Pick<Db, 'relay'>): Promise<string[]> {
  try {
    const rows = await db.relay((tx) => tx.rows<{ name: string }>(sql`select name from schema_changes() as name`))
    return rows.map(({ name }) => name)
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_FUNCTION) return []
    throw error
  }
}

type Log = { warn: (fields: Record<string, unknown>, message: string) => void }

/** Waits until Postgres answers. @returns why this version must not run on its tables, if it must not. */
export async function whyNotOnTheseTables(db: Pick<Db, 'relay'>, log: Log): Promise<string | undefined> {
  const known = shippedChanges().map(({ name }) => name)
  for (;;) {
    try {
      return schemaRefusal(known, await madeChanges(db))
    } catch (error) {
      log.warn({ err: error }, 'Postgres does not answer yet')
      await pause(1_000)
    }
  }
}
