import type { Context } from 'hono'
import { API_KEY_MARK } from '#domain/api-keys/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { knownPermissions } from '#domain/permissions/catalogue.ts'
import type { Principal } from '#domain/permissions/principal.ts'
import { limitOf } from '#domain/quotas/plans.ts'
import {
  apiKeyAccess,
  findApiKey,
  hashOfKey,
  type KeyAccess,
  type KeyPlace,
  noteKeyUse,
} from '#infra/db/stores/api-keys.ts'
import { quotaExceeded } from '#infra/db/stores/quotas.ts'
import { type Charge, chargeKey } from '#infra/db/stores/rate-limits.ts'
import type { ApiDeps, AppEnv } from '../deps.ts'
import { addressInRanges, callerAddress } from './address.ts'
import { limitAddress, type NamedBound, rateLimited, tellLimits } from './rate-limit.ts'

const BEARER = /^bearer +(\S{1,200})$/i
const SHAPE = new RegExp(`^${API_KEY_MARK}[A-Za-z0-9_-]{43}$`)
const PLACES_MAX = 10_000

/**
 * Which key and tenant a hash belongs to never changes, so a process remembers it; whether the key still opens anything is
 * asked each time. Each app has its own memory.
 */
const places = new WeakMap<ApiDeps, Map<string, KeyPlace>>()

function placesOf(deps: ApiDeps): Map<string, KeyPlace> {
  const known = places.get(deps) ?? new Map<string, KeyPlace>()
  if (known.size >= PLACES_MAX) known.clear()
  places.set(deps, known)
  return known
}

/** Whether the request comes with a key; then no cookie is read, whatever else it carries. */
export const carriesKey = (c: Context<AppEnv>): boolean => c.req.header('authorization') !== undefined

async function placeOf(c: Context<AppEnv>): Promise<KeyPlace & { forget: () => void }> {
  const deps = c.get('deps')
  const known = placesOf(deps)
  const secret = BEARER.exec(c.req.header('authorization') ?? '')?.[1]
  const hash = secret !== undefined && SHAPE.test(secret) ? hashOfKey(secret) : undefined
  const name = hash?.toString('base64') ?? ''
  const forget = () => void known.delete(name)
  const remembered = known.get(name)
  if (remembered !== undefined) return { ...remembered, forget }
  // Whoever tries keys is counted before each try, and long before one of 2^256 is hit.
  await limitAddress(c)
  if (hash === undefined) throw new DomainError('api_key_invalid', `A key is sent as "Bearer ${API_KEY_MARK}…".`)
  const found = await deps.db.relay((relay) => findApiKey(relay, hash))
  if (found === undefined) throw new DomainError('api_key_invalid', 'There is no such API key.')
  known.set(name, found)
  return { ...found, forget }
}

/** Why this key does not let this request in, if it does not. */
function refusalOf(access: KeyAccess, address: string): DomainError | undefined {
  if (access.state === 'revoked') return new DomainError('api_key_invalid', 'This API key was revoked.')
  if (access.state === 'expired') return new DomainError('api_key_invalid', 'This API key has expired.')
  if (access.tenantStatus !== 'active') return new DomainError('tenant_suspended', 'This tenant is suspended.')
  if (access.allowedAddresses.length > 0 && !addressInRanges(address, access.allowedAddresses)) {
    return new DomainError('address_not_allowed', `This API key may not be used from ${address}.`)
  }
  const limit = limitOf(access.limits, 'apiCalls')
  if (access.apiCalls >= limit) return quotaExceeded({ quota: 'apiCalls', limit, used: access.apiCalls })
  return undefined
}

type Judged = { access: KeyAccess | undefined; refusal?: DomainError | undefined; charge?: Charge<NamedBound> }

/** Looks at the key and takes the request out of its allowance. What is refused is not thrown here: that would undo it. */
function judge(c: Context<AppEnv>, { id, tenantId }: KeyPlace): Promise<Judged> {
  const address = callerAddress(c)
  return c.get('deps').db.tenant(tenantId, async (tx) => {
    const access = await apiKeyAccess(tx, id)
    if (access === undefined) return { access }
    const refusal = refusalOf(access, address)
    if (refusal !== undefined) return { access, refusal }
    const charge = await chargeKey<NamedBound>(tx, tenantId, {
      key: { name: 'key', subject: `key:${id}`, limit: limitOf(access.limits, 'keyRequestsPerMinute') },
      tenant: { name: 'tenant', subject: 'tenant', limit: limitOf(access.limits, 'requestsPerMinute') },
    })
    if (access.stale && charge.refused === undefined) await noteKeyUse(tx, { id, address })
    return { access, charge }
  })
}

/**
 * The principal of an API key. It is asked in each request whether the key is revoked, expired, used from where it may be
 * and within its limits: what was revoked a moment ago is refused.
 *
 * @throws DomainError api_key_invalid, address_not_allowed, rate_limited, quota_exceeded, forbidden.
 */
export async function readKeyPrincipal(c: Context<AppEnv>): Promise<Principal> {
  const { id, tenantId, forget } = await placeOf(c)
  c.set('caller', { kind: 'api_key', id, tenantId })
  const { access, refusal, charge } = await judge(c, { id, tenantId })
  if (access === undefined) {
    forget()
    throw new DomainError('api_key_invalid', 'There is no such API key.')
  }
  if (refusal !== undefined) {
    await limitAddress(c)
    throw refusal
  }
  if (charge !== undefined) tellLimits(c, charge.held)
  if (charge?.refused !== undefined) throw rateLimited(charge.refused)
  return {
    kind: 'api_key',
    personId: undefined,
    apiKeyId: id,
    tenantId,
    permissions: knownPermissions(access.permissions),
  }
}
