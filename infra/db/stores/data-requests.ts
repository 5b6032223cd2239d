import { DomainError } from '#domain/errors.ts'
import type { DataRequest, DataRequestStep, ErasureReport } from '#domain/privacy/schema.ts'
import { newId } from '#infra/ids.ts'
import { type Part, part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'

type Row = Omit<DataRequest, 'createdAt' | 'endedAt' | 'expiresAt'> & {
  createdAt: Date
  endedAt: Date | null
  expiresAt: Date | null
  storageKey: string | null
}

const COLUMNS = part`
  select id, contact_id as "contactId", kind, state, step, done_count as "doneCount", total_count as "totalCount",
    size_bytes as "sizeBytes", report - 'externalIds' as report, error_code as "errorCode", requested_by as "requestedBy",
    created_at as "createdAt", ended_at as "endedAt", expires_at as "expiresAt", storage_key as "storageKey"
  from data_requests where true`

export type StoredRequest = { request: DataRequest; storageKey: string | null }

const toStored = ({ storageKey, ...row }: Row): StoredRequest => ({
  request: {
    ...row,
    createdAt: iso(row.createdAt),
    endedAt: isoOrNull(row.endedAt),
    expiresAt: isoOrNull(row.expiresAt),
  },
  storageKey,
})

const read = async (tx: Tx, where: Part): Promise<StoredRequest[]> =>
  (await tx.rows<Row>(query(COLUMNS, where))).map(toStored)

export async function getDataRequest(tx: Tx, id: string): Promise<StoredRequest | undefined> {
  return (await read(tx, part`and id = ${id}`))[0]
}

/** Requests about a contact, erased or not, the newest first. The position is (id). */
export async function dataRequestsOf(
  tx: Tx,
  { contactId, limit, after }: ListPage & { contactId: string },
): Promise<DataRequest[]> {
  const beyond = after ? part`and id < ${after[0]}::uuid` : part``
  const rows = await read(tx, part`and contact_id = ${contactId} ${beyond} order by id desc limit ${limit}`)
  return rows.map(({ request }) => request)
}

/**
 * Writes down that somebody wants an export or an erasure; its workflow starts as soon as Temporal answers.
 * @throws DomainError not_found without such a contact, conflict while the same is under way.
 */
export async function requestData(
  tx: Tx,
  { tenantId, actor }: Acting,
  { contactId, kind }: { contactId: string; kind: DataRequest['kind'] },
): Promise<string> {
  const known = await tx.row(sql`select 1 from contacts where id = ${contactId} and erased_at is null for update`)
  if (known === undefined) throw new DomainError('not_found', 'There is no such contact.')
  const busy = await tx.row(sql`
    select 1 from data_requests where contact_id = ${contactId} and (kind = ${kind} or kind = 'erasure')
      and state in ('waiting', 'running')`)
  if (busy !== undefined) throw new DomainError('conflict', 'This is under way already.')
  const id = newId()
  await tx.run(sql`
    insert into data_requests (id, tenant_id, contact_id, kind, requested_by)
    values (${id}, ${tenantId}, ${contactId}, ${kind}, ${JSON.stringify(actor)})`)
  return id
}

export type WaitingRequest = { id: string; tenantId: string; kind: DataRequest['kind'] }

/** Requests whose workflow has not begun. Runs as the relay. */
export function waitingRequests(relay: Tx, limit: number): Promise<WaitingRequest[]> {
  return relay.rows<WaitingRequest>(sql`
    select id, tenant_id as "tenantId", kind from data_requests where state = 'waiting' order by created_at limit ${limit}`)
}

/** The workflow is there. @returns the contact, unless the request was cancelled before. */
export async function beginRequest(tx: Tx, id: string): Promise<{ contactId: string } | undefined> {
  return tx.row<{ contactId: string }>(sql`
    update data_requests set state = 'running', started_at = coalesce(started_at, now()) where id = ${id}
      and state in ('waiting', 'running') returning contact_id as "contactId"`)
}

export async function noteProgress(
  tx: Tx,
  { id, step, doneCount, totalCount }: { id: string; step: DataRequestStep; doneCount?: number; totalCount?: number },
): Promise<void> {
  await tx.run(sql`
    update data_requests set step = ${step}, done_count = ${doneCount ?? 0}, total_count = ${totalCount ?? null}
    where id = ${id} and state = 'running'`)
}

/** Adds to the report what a step counted. */
export async function addToReport(tx: Tx, id: string, more: ErasureReport): Promise<void> {
  await tx.run(sql`update data_requests set report = report || ${JSON.stringify(more)}::jsonb where id = ${id}`)
}

/** The file of an export is ready, and kept until an instant. @returns whether anybody still wants it. */
export async function keepExport(
  tx: Tx,
  file: { id: string; storageKey: string; sizeBytes: number; expiresAtMs: number },
): Promise<boolean> {
  const changed = await tx.run(sql`
    update data_requests set state = 'done', step = 'kept', storage_key = ${file.storageKey}, size_bytes = ${file.sizeBytes},
      expires_at = ${new Date(file.expiresAtMs)}, ended_at = now() where id = ${file.id} and state = 'running'`)
  return changed > 0
}

/** The file is gone; the request stays as a fact. */
export async function forgetExport(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`update data_requests set storage_key = null, size_bytes = null, expires_at = null where id = ${id}`)
}

/** Whoever is erased is not packed any more: what was asked for and is not there yet will not be. */
export async function cancelExports(tx: Tx, contactId: string): Promise<void> {
  await tx.run(sql`
    update data_requests set state = 'cancelled', ended_at = now()
    where contact_id = ${contactId} and kind = 'export' and state in ('waiting', 'running')`)
}

/** Ends a request that is still open. @returns whether it was. */
export async function endRequest(
  tx: Tx,
  { id, state, errorCode }: { id: string; state: 'done' | 'failed' | 'cancelled'; errorCode?: string },
): Promise<boolean> {
  const changed = await tx.run(sql`
    update data_requests set state = ${state}, error_code = ${errorCode ?? null}, ended_at = now(),
      report = report - 'externalIds' where id = ${id} and state in ('waiting', 'running')`)
  return changed > 0
}
