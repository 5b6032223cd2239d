import { createHmac } from 'node:crypto'
import type { Context, Next } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { claimKey, type IdempotencyScope, keepResponse, releaseKey } from '#infra/db/stores/idempotency.ts'
import type { TenantContext } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import type { AppEnv } from '../deps.ts'

const KEY = /^[\x21-\x7e]{1,255}$/

/** Whose key it is; undefined where nobody is known, whose keys would be everybody's. */
function scopeOf(c: Context<AppEnv>, key: string): IdempotencyScope | undefined {
  const principal: AppEnv['Variables']['principal'] | undefined = c.get('principal')
  const session: AppEnv['Variables']['session'] | undefined = c.get('session')
  if (principal === undefined) return session && { personId: session.personId, key }
  const { kind, tenantId, personId, apiKeyId, administratorId } = principal
  return { tenantId, principal: `${kind}:${personId ?? apiKeyId ?? administratorId ?? ''}`, key }
}

/** A person's own rows are seen from any context; one that nobody has will do. */
const contextOf = (scope: IdempotencyScope): TenantContext =>
  'personId' in scope ? { tenantId: newId(), personId: scope.personId } : scope.tenantId

/** Under a key of the house, because a request may hold a password, and a bare hash of it could be guessed. */
function requestHash(c: Context<AppEnv>, scope: IdempotencyScope, body: Uint8Array): Buffer {
  const { method, url } = c.req
  const { pathname, search } = new URL(url)
  const owner = 'personId' in scope ? scope.personId : scope.tenantId
  return createHmac('sha256', c.get('deps').keyRing.tenantKey({ purpose: 'signature', tenantId: owner }))
    .update(`idempotency\n${method}\n${pathname}\n${search}\n`)
    .update(body)
    .digest()
}

function replay(c: Context<AppEnv>, response: { status: number; body: unknown }): Response {
  c.header('Idempotency-Replayed', 'true')
  if (response.status === 204) return c.body(null, 204)
  if (response.body === null) {
    throw new DomainError('conflict', 'This was done already; its answer held a secret and was not kept.')
  }
  return c.json(response.body as object, response.status as 200)
}

/**
 * A POST with an `Idempotency-Key` has its effect once. The key is claimed before the verb runs and keeps its answer
 * for a day; an answer that refused leaves nothing behind, so its key is given back. Of an answer that holds a secret only
 * that it was given is kept.
 */
export async function withIdempotency(
  c: Context<AppEnv>,
  body: Uint8Array,
  next: Next,
  { secretAnswer }: { secretAnswer: boolean },
): Promise<Response | undefined> {
  const key = c.req.header('idempotency-key')
  const scope = key === undefined ? undefined : scopeOf(c, key)
  if (key === undefined || scope === undefined) {
    await next()
    return undefined
  }
  if (!KEY.test(key)) throw new DomainError('invalid_input', 'An Idempotency-Key has 1 to 255 printable characters.')
  const { db } = c.get('deps')
  const context = contextOf(scope)
  const claim = await db.tenant(context, (tx) => claimKey(tx, scope, requestHash(c, scope, body)))
  if (claim.kind === 'answered') return replay(c, claim.response)
  if (claim.kind === 'other_request') {
    throw new DomainError('idempotency_key_reused', 'This Idempotency-Key belongs to another request.')
  }
  if (claim.kind === 'in_progress') {
    throw new DomainError('idempotency_in_progress', 'The same request is being worked on.', { retryAfterMs: 1_000 })
  }
  if (claim.kind === 'answer_lost') {
    throw new DomainError(
      'conflict',
      'This was begun and may be done, but its answer was lost. Look before you ask anew.',
    )
  }
  if ('tenantId' in scope) c.set('underKey', scope)
  await next()
  const kept = await keepable(c.res, secretAnswer)
  const refused = c.res.status < 500
  await db.tenant(context, (tx) =>
    kept === undefined ? releaseKey(tx, scope, { refused }) : keepResponse(tx, scope, kept),
  )
  return undefined
}

async function keepable(response: Response, secret: boolean): Promise<{ status: number; body: unknown } | undefined> {
  if (response.status < 200 || response.status > 299) return undefined
  if (response.status === 204) return { status: 204, body: null }
  if (secret) return { status: response.status, body: null }
  return { status: response.status, body: await response.clone().json() }
}
