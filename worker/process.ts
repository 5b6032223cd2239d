import { type KeyRing, keyRingFrom } from '#infra/crypto/keyring.ts'
import { whyNotOnTheseTables } from '#infra/db/schema-changes.ts'
import { createSubjectKeys, type SubjectKeys } from '#infra/db/stores/subject-keys.ts'
import { createDb, type Db, type DbOptions } from '#infra/db/tx.ts'
import type { EnvWith } from '#infra/env.ts'
import { readEnv, requireSettings } from '#infra/env.ts'
import { logOldTls } from '#infra/http/outbound-tls.ts'
import { createLogger, type Logger } from '#infra/log.ts'
import { createMediaPlace, type MediaPlace, whyNotInThisPlace } from '#infra/media/media-place.ts'

/** How this process seals what it hands to Temporal; whoever puts more than ids into a payload is named in the log. */
export type Codec = { keyRing: KeyRing; onLargePayload: (fact: { workflowId: string; sizeBytes: number }) => void }

export const codecOf = (keyRing: KeyRing, log: Logger): Codec => ({
  keyRing,
  onLargePayload: (fact) => log.warn(fact, 'a payload is large; rows should hold what it says'),
})

type Needed = 'databaseAppUrl' | 'databaseRelayUrl' | 'temporalAddress' | 'rootKey'
/** The codec of a process, with the keys of contacts, under which what is about one of them is sealed. */
type SubjectCodec = Codec & { subjectKeys: SubjectKeys; subjectKeyIdOf: SubjectKeys['subjectKeyIdOf'] }
export type ProcessBase = { env: EnvWith<Needed>; db: Db; log: Logger; keyRing: KeyRing; codec: SubjectCodec }

/** What the dispatcher and the worker both need before they can do anything. */
export function createProcess(name: string, { onWork }: Pick<DbOptions, 'onWork'> = {}): ProcessBase {
  const env = requireSettings(readEnv(), 'databaseAppUrl', 'databaseRelayUrl', 'temporalAddress', 'rootKey')
  const log = createLogger({ name, level: env.logLevel })
  logOldTls(log, Date.now)
  const db = createDb({
    appUrl: env.databaseAppUrl,
    relayUrl: env.databaseRelayUrl,
    poolSize: env.poolSize,
    relayPoolSize: env.relayPoolSize,
    steadyPlans: true,
    ...(onWork === undefined ? {} : { onWork }),
    onError: (error) => log.warn({ err: error }, 'an idle connection to Postgres was lost'),
  })
  const keyRing = keyRingFrom(env.rootKey)
  const subjectKeys = createSubjectKeys({ db, keyRing, now: Date.now })
  const codec = { ...codecOf(keyRing, log), subjectKeys, subjectKeyIdOf: subjectKeys.subjectKeyIdOf }
  return { env, db, log, keyRing, codec }
}

/** Ends the process when it is of another version than the tables: it would fail in the middle of its work instead. */
export async function standOnTables({ db, log }: Pick<ProcessBase, 'db' | 'log'>): Promise<void> {
  const refusal = await whyNotOnTheseTables(db, log)
  if (refusal === undefined) return
  log.fatal(refusal)
  process.exit(1)
}

/** Where files are kept. Ends the process when they can be kept nowhere. */
export async function openFiles({
  env,
  log,
  keyRing,
}: Pick<ProcessBase, 'env' | 'log' | 'keyRing'>): Promise<MediaPlace> {
  const place = await createMediaPlace(env, keyRing)
  const refusal = await whyNotInThisPlace(place, log)
  if (refusal === undefined) return place
  log.fatal(refusal)
  process.exit(1)
}
