import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { limitOf } from '#domain/quotas/plans.ts'
import {
  ADDRESS_REQUESTS_PER_MINUTE,
  type Allowance,
  remainingOf,
  retryAfterMs,
  WINDOW_MS,
} from '#domain/rate-limits/allowance.ts'
import { networkOf } from '#infra/auth/attempts.ts'
import { tenantLimits } from '#infra/db/stores/quotas.ts'
import { chargeAddress, leaseRequests } from '#infra/db/stores/rate-limits.ts'
import type { ApiDeps, AppEnv } from '../deps.ts'
import { callerAddress } from './address.ts'

/** A bound as the headers name it: `"key";q=300;w=60`. */
export type NamedBound = { name: 'key' | 'tenant' | 'person' | 'address'; subject: string; limit: number }

const seconds = (ms: number) => Math.ceil(ms / 1_000)

/** Tells the caller where they stand, in the fields of draft-ietf-httpapi-ratelimit-headers. */
export function tellLimits(c: Context<AppEnv>, held: readonly (Pick<NamedBound, 'name'> & Allowance)[]): void {
  const policy = held.map(({ name, limit }) => `"${name}";q=${limit};w=${seconds(WINDOW_MS)}`)
  const state = held.map((bound) => `"${bound.name}";r=${remainingOf(bound)};t=${seconds(bound.untilFullMs)}`)
  c.header('RateLimit-Policy', policy.join(', '))
  c.header('RateLimit', state.join(', '))
}

export function rateLimited(bound: Pick<NamedBound, 'name'> & Allowance): DomainError {
  const words = `At most ${bound.limit} requests a minute for each ${bound.name}; wait a moment.`
  return new DomainError('rate_limited', words, { retryAfterMs: retryAfterMs(bound) })
}

/**
 * Bounds who has not proven to belong anywhere: public routes, wrong keys, no session. Whole networks of IPv6 count as
 * one address. While Postgres is away nobody is refused for this; whatever needs it will say so itself.
 */
export async function limitAddress(c: Context<AppEnv>): Promise<void> {
  const { db, log } = c.get('deps')
  const bound = { subject: networkOf(callerAddress(c)), limit: ADDRESS_REQUESTS_PER_MINUTE }
  const charge = await db
    .relay((relay) => chargeAddress(relay, bound))
    .catch((error: unknown) => void log.warn({ err: error }, 'requests of addresses are not counted'))
  if (charge?.refused === undefined) return
  const refused = { ...charge.refused, name: 'address' } as const
  tellLimits(c, [refused])
  throw rateLimited(refused)
}

type Lease = { given: number; left: number; endsAtMs: number; allowance: Allowance }

const LEASED_MAX = 20
const LEASED_FOR_MS = 5_000
const LEASES_MAX = 20_000

/** What this process has taken for people ahead of time; each app has its own. */
const leases = new WeakMap<ApiDeps, Map<string, Promise<Lease>>>()

function leasesOf(deps: ApiDeps): Map<string, Promise<Lease>> {
  const known = leases.get(deps) ?? new Map<string, Promise<Lease>>()
  if (known.size >= LEASES_MAX) known.clear()
  leases.set(deps, known)
  return known
}

/** A hundredth of the limit at most, so that what a process holds unused never matters; small limits are exact. */
const leaseSize = (limit: number) => Math.max(1, Math.min(LEASED_MAX, Math.floor(limit / 100)))

async function takeLease(deps: ApiDeps, tenantId: string, subject: string): Promise<Lease> {
  const taken = await deps.db.tenant(tenantId, async (tx) => {
    const limits = await tenantLimits(tx)
    // A session may name a tenant that is gone; where it leads is for the route to say.
    if (limits === undefined) return { given: 1, untilFullMs: 0, limit: 1 }
    const limit = limitOf(limits, 'personRequestsPerMinute')
    const lease = await leaseRequests(tx, tenantId, { subject, limit, count: leaseSize(limit) })
    return { ...lease, limit }
  })
  const allowance = { limit: taken.limit, untilFullMs: taken.untilFullMs }
  return { given: taken.given, left: taken.given, endsAtMs: deps.clock.nowMs() + LEASED_FOR_MS, allowance }
}

/**
 * Bounds a person. Screens ask often and several things at once, so requests are taken from Postgres a few at a time, and
 * those that come together share what was taken. Throws `rate_limited`.
 */
export async function limitPerson(
  c: Context<AppEnv>,
  { tenantId, personId }: { tenantId: string; personId: string },
): Promise<void> {
  const deps = c.get('deps')
  const known = leasesOf(deps)
  const place = `${tenantId}/${personId}`
  for (;;) {
    const asked = known.get(place) ?? takeLease(deps, tenantId, `person:${personId}`)
    known.set(place, asked)
    const forget = () => known.get(place) === asked && known.delete(place)
    const lease = await asked.catch((error: unknown) => {
      forget()
      throw error
    })
    if (lease.left > 0 && deps.clock.nowMs() < lease.endsAtMs) {
      lease.left -= 1
      return
    }
    forget()
    if (lease.given > 0) continue
    const refused = { ...lease.allowance, name: 'person' } as const
    tellLimits(c, [refused])
    throw rateLimited(refused)
  }
}
