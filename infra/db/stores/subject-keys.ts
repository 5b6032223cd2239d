import type { KeyRing } from '#infra/crypto/keyring.ts'
import { createSubjectKey, type SubjectKeyStore, type WrappedSubjectKey } from '#infra/crypto/subject-keys.ts'
import { type Db, sql, type Tx } from '../tx.ts'

/** The contact that a workflow is about, by its id, as the codec asks for it. */
type Place = { tenantId: string; workflowId: string }

export type SubjectKeys = SubjectKeyStore & { subjectKeyIdOf: (place: Place) => Promise<string | undefined> }

type Found = { tenantId: string; placeId: string; contactId: string }
type Key = { wrapped: Buffer | null }
type Cached = { answer: WrappedSubjectKey | 'shredded'; atMs: number }

const CACHED_MAX = 20_000
/** How long another process may go on opening what was sealed for a contact who has just been erased. */
const FRESH_MS = 30_000
const KINDS: Readonly<Record<string, 'conversation' | 'run' | 'file'>> = {
  conversation: 'conversation',
  readMark: 'conversation',
  sla: 'conversation',
  flow: 'run',
  mediaFetch: 'file',
}
const WORKFLOW_ID = /^([A-Za-z]+)\/([^/]+)\/([0-9a-f-]{36})$/

function remember<V>(cache: Map<string, V>, key: string, value: V): V {
  if (cache.size >= CACHED_MAX) for (const old of [...cache.keys()].slice(0, CACHED_MAX / 4)) cache.delete(old)
  cache.set(key, value)
  return value
}

/**
 * Keys of contacts in Postgres, made when a workflow about a contact first speaks. Who a workflow is about never changes and
 * keys are looked up again only after a while, so a message costs no question; the questions of one moment are one statement.
 */
export function createSubjectKeys({ db, keyRing, now }: { db: Db; keyRing: KeyRing; now: () => number }): SubjectKeys {
  const subjects = new Map<string, string>()
  const keys = new Map<string, Cached>()
  const asked = { conversation: new Map(), run: new Map(), file: new Map() } as Record<
    'conversation' | 'run' | 'file',
    Map<string, Promise<string | undefined>>
  >

  const find: SubjectKeyStore['find'] = async ({ tenantId, subjectKeyId }) => {
    const cacheKey = `${tenantId}/${subjectKeyId}`
    const known = keys.get(cacheKey)
    if (known !== undefined && (known.answer === 'shredded' || now() - known.atMs < FRESH_MS)) return known.answer
    const row = await db
      .relay((relay) => readKey(relay, tenantId, subjectKeyId))
      .catch((error: unknown) => {
        // While Postgres is away, what was opened a moment ago may still be opened.
        if (known !== undefined) return { wrapped: Buffer.from((known.answer as WrappedSubjectKey).wrapped) }
        throw error
      })
    if (row === undefined) return undefined
    const answer = row.wrapped === null ? 'shredded' : { id: subjectKeyId, wrapped: row.wrapped }
    return remember(keys, cacheKey, { answer, atMs: now() }).answer
  }

  /** Everybody who asks before the statement leaves is answered by it. */
  function subjectOf(kind: keyof typeof asked, placeId: string): Promise<string | undefined> {
    const waiting = asked[kind]
    const known = waiting.get(placeId)
    if (known !== undefined) return known
    let batch = batches.get(kind)
    if (batch === undefined) {
      batch = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        const ids = [...waiting.keys()]
        waiting.clear()
        batches.delete(kind)
        return db.relay((relay) => SUBJECTS[kind](relay, ids))
      })
      batches.set(kind, batch)
    }
    const answer = batch.then((found) => found.find((one) => one.placeId === placeId)?.contactId)
    waiting.set(placeId, answer)
    return answer
  }
  const batches = new Map<string, Promise<Found[]>>()

  return {
    find,
    async subjectKeyIdOf({ tenantId, workflowId }) {
      const known = subjects.get(workflowId)
      if (known !== undefined) return known
      const [, type = '', , placeId = ''] = WORKFLOW_ID.exec(workflowId) ?? []
      const kind = KINDS[type]
      if (kind === undefined) return undefined
      const contactId = await subjectOf(kind, placeId)
      if (contactId === undefined) return undefined
      if ((await find({ tenantId, subjectKeyId: contactId })) === undefined) {
        await db.tenant(tenantId, (tx) =>
          makeKey(tx, createSubjectKey(keyRing, { tenantId, subjectKeyId: contactId }), tenantId),
        )
      }
      return remember(subjects, workflowId, contactId)
    },
  }
}

const readKey = (relay: Tx, tenantId: string, id: string): Promise<Key | undefined> =>
  relay.row<Key>(sql`select wrapped from subject_keys where tenant_id = ${tenantId} and id = ${id}`)

/** The first one holds: two processes that make a key at once must seal under the same. */
async function makeKey(tx: Tx, { id, wrapped }: WrappedSubjectKey, tenantId: string): Promise<void> {
  await tx.run(sql`
    insert into subject_keys (tenant_id, id, wrapped) values (${tenantId}, ${id}, ${Buffer.from(wrapped)})
    on conflict (tenant_id, id) do nothing`)
}

const SUBJECTS = {
  conversation: (relay: Tx, ids: readonly string[]) =>
    relay.rows<Found>(sql`
      select tenant_id as "tenantId", id as "placeId", contact_id as "contactId" from conversations
      where id = any(${ids}::uuid[])`),
  run: (relay: Tx, ids: readonly string[]) =>
    relay.rows<Found>(sql`
      select tenant_id as "tenantId", id as "placeId", contact_id as "contactId" from runs where id = any(${ids}::uuid[])`),
  file: (relay: Tx, ids: readonly string[]) =>
    relay.rows<Found>(sql`
      select f.tenant_id as "tenantId", f.id as "placeId", v.contact_id as "contactId" from media_files f
      join messages m on m.tenant_id = f.tenant_id and m.id = f.message_id
      join conversations v on v.tenant_id = m.tenant_id and v.id = m.conversation_id where f.id = any(${ids}::uuid[])`),
} as const

/** Destroys the key of a contact for good; one that never had a key gets none any more. */
export async function shredSubjectKey(
  tx: Tx,
  { tenantId, contactId }: { tenantId: string; contactId: string },
): Promise<void> {
  await tx.run(sql`
    insert into subject_keys as k (tenant_id, id, wrapped, shredded_at) values (${tenantId}, ${contactId}, null, now())
    on conflict (tenant_id, id) do update set wrapped = null, shredded_at = coalesce(k.shredded_at, now())`)
}
