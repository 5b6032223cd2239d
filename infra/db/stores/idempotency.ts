import { part, query } from '../query.ts'
import type { Tx } from '../tx.ts'

/** Whose key it is: somebody's in a tenant, or a person's own, outside of tenants. The transaction is in their context. */
export type TenantScope = { key: string; tenantId: string; principal: string }
export type IdempotencyScope = TenantScope | { key: string; personId: string }
export type KeptResponse = { status: number; body: unknown }

/** After this time a claim without a response is taken to be of a process that died. */
const ABANDONED_AFTER_SECONDS = 120

export type Claim =
  | { kind: 'claimed' }
  | { kind: 'in_progress' }
  /** Something was committed under it, and who did it died before the answer was kept. */
  | { kind: 'answer_lost' }
  | { kind: 'other_request' }
  | { kind: 'answered'; response: KeptResponse }

type Row = {
  request_hash: Buffer
  response_status: number | null
  response_body: unknown
  abandoned: boolean
  committed: boolean
}

const OF_TENANT = {
  table: part`idempotency_keys`,
  columns: part`tenant_id, principal, key`,
  committed: part`committed_at is not null`,
}
// What a person does about themselves lies partly in tables of sign-in, which no transaction of ours can hold together with a key.
const OF_PERSON = { table: part`person_idempotency_keys`, columns: part`person_id, key`, committed: part`false` }

function placeOf(scope: IdempotencyScope) {
  const { key } = scope
  if ('personId' in scope) {
    return { ...OF_PERSON, values: part`${scope.personId}, ${key}`, here: part`key = ${key}` }
  }
  const { tenantId, principal } = scope
  const values = part`${tenantId}, ${principal}, ${key}`
  return { ...OF_TENANT, values, here: part`principal = ${principal} and key = ${key}` }
}

/** Claims a key for one request. Two that claim at once: one gets it, the other is told so. */
export async function claimKey(tx: Tx, scope: IdempotencyScope, requestHash: Buffer): Promise<Claim> {
  const { table, columns, values, here, committed } = placeOf(scope)
  const inserted = await tx.run(
    query(
      part`insert into ${table} (${columns}, request_hash) values (${values}, ${requestHash}) on conflict do nothing`,
    ),
  )
  if (inserted === 1) return { kind: 'claimed' }
  const row = await tx.row<Row>(
    query(part`
      select request_hash, response_status, response_body,
        created_at < now() - make_interval(secs => ${ABANDONED_AFTER_SECONDS}) as abandoned, ${committed} as committed
      from ${table} where ${here} for update`),
  )
  if (row === undefined) return { kind: 'in_progress' }
  if (!row.request_hash.equals(requestHash)) return { kind: 'other_request' }
  if (row.response_status !== null) {
    return { kind: 'answered', response: { status: row.response_status, body: row.response_body } }
  }
  if (!row.abandoned) return { kind: 'in_progress' }
  if (row.committed) return { kind: 'answer_lost' }
  await tx.run(query(part`update ${table} set created_at = now() where ${here}`))
  return { kind: 'claimed' }
}

/** In the transaction of the verb: what commits now happened under this key. */
export async function markCommitted(tx: Tx, scope: TenantScope): Promise<void> {
  await tx.run(query(part`update idempotency_keys set committed_at = now() where ${placeOf(scope).here}`))
}

/** Keeps the answer to a claimed key. */
export async function keepResponse(tx: Tx, scope: IdempotencyScope, response: KeptResponse): Promise<void> {
  const { table, here } = placeOf(scope)
  const body = JSON.stringify(response.body ?? null)
  await tx.run(
    query(part`update ${table} set response_status = ${response.status}, response_body = ${body} where ${here}`),
  )
}

/**
 * Gives a key back that had no lasting effect, so that the client may try again with it. After a refusal nothing has, after an
 * error only if nothing was committed.
 */
export async function releaseKey(tx: Tx, scope: IdempotencyScope, { refused }: { refused: boolean }): Promise<void> {
  const { table, here, committed } = placeOf(scope)
  await tx.run(
    query(
      part`delete from ${table} where ${here} and response_status is null`,
      !refused && part`and not (${committed})`,
    ),
  )
}
