import { FLOW_SCHEMA_VERSION } from '../limits.ts'

/** Takes a definition of one version of the schema to the next. Pure; it keeps the ids of nodes, where runs stand. */
export type Migration = (definition: Record<string, unknown>) => Record<string, unknown>

/** By the version they start from. Version 1 is the first, so there is none yet. */
const MIGRATIONS: Readonly<Record<number, Migration>> = {}

/**
 * Brings a stored definition to the present version of the schema; one that is there already comes back as it is.
 * Definitions are immutable: the result is used, the row keeps what was published.
 *
 * @throws RangeError when the version is unknown, newer than this code, or a step of the way is missing.
 */
export function migrateDefinition(
  stored: Record<string, unknown>,
  migrations: Readonly<Record<number, Migration>> = MIGRATIONS,
  target: number = FLOW_SCHEMA_VERSION,
): Record<string, unknown> {
  let definition = stored
  for (let version = definition['schemaVersion']; version !== target; version = definition['schemaVersion']) {
    const migration = typeof version === 'number' && version < target ? migrations[version] : undefined
    if (migration === undefined) throw new RangeError(`no way from schema version ${String(version)} to ${target}`)
    definition = migration(definition)
    if (definition['schemaVersion'] !== Number(version) + 1) {
      throw new RangeError(`the migration from ${String(version)} did not reach the next version`)
    }
  }
  return definition
}
