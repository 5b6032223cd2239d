import { sql, type Tx } from '../tx.ts'

export type IdempotencyScope = { tenantId: string; principal: string; key: string }
export type KeptResponse = { status: number; body: unknown }

/** After this time a claim without a response is taken to be of a process that died. */
const ABANDONED_AFTER_SECONDS = 120

export type Claim =
  | { kind: 'claimed' }
  | { kind: 'in_progress' }
  | { kind: 'other_request' }
  | { kind: 'answered'; response: KeptResponse }

type Row = { request_hash: Buffer; response_status: number | null; response_body: unknown; abandoned: boolean }

/** Claims a key for one request. Two that claim at once: one gets it, the other is told so. */
export async function claimKey(tx: Tx, scope: IdempotencyScope, requestHash: Buffer): Promise<Claim> {
  const { tenantId, principal, key } = scope
  const inserted = await tx.run(sql`
    insert into idempotency_keys (tenant_id, principal, key, request_hash)
    values (${tenantId}, ${principal}, ${key}, ${requestHash})
    on conflict do nothing`)
  if (inserted === 1) return { kind: 'claimed' }
  const row = await tx.row<Row>(sql`
    select request_hash, response_status, response_body,
      created_at < now() - make_interval(secs => ${ABANDONED_AFTER_SECONDS}) as abandoned
    from idempotency_keys where principal = ${principal} and key = ${key} for update`)
  if (row === undefined) return { kind: 'in_progress' }
  if (!row.request_hash.equals(requestHash)) return { kind: 'other_request' }
  if (row.response_status !== null) {
    return { kind: 'answered', response: { status: row.response_status, body: row.response_body } }
  }
  if (!row.abandoned) return { kind: 'in_progress' }
  await tx.run(sql`update idempotency_keys set created_at = now() where principal = ${principal} and key = ${key}`)
  return { kind: 'claimed' }
}

/** Keeps the answer to a claimed key. */
export async function keepResponse(tx: Tx, scope: IdempotencyScope, response: KeptResponse): Promise<void> {
  await tx.run(sql`
    update idempotency_keys
    set response_status = ${response.status}, response_body = ${JSON.stringify(response.body ?? null)}
    where principal = ${scope.principal} and key = ${scope.key}`)
}

/** Gives a key back that had no lasting effect, so that the client may try again with it. */
export async function releaseKey(tx: Tx, scope: IdempotencyScope): Promise<void> {
  await tx.run(sql`
    delete from idempotency_keys
    where principal = ${scope.principal} and key = ${scope.key} and response_status is null`)
}
