import { HOUSE_LIMITS, isMonthly, QUOTAS, RATES } from '../../domain/quotas/plans.ts'
import { idOf } from './random.ts'
import { iso, MINUTE } from './world.ts'

const now = Date.now()

const KEYS = [
  { name: 'Web shop', prefix: 'hf_q7Xk2M', state: 'active', scopes: ['contacts.read', 'contacts.write', 'runs.start'] },
  { name: 'CRM', prefix: 'hf_Zp01vB', state: 'active', scopes: ['contacts.read', 'conversations.read'] },
  { name: 'Report of last year', prefix: 'hf_u3_FaL', state: 'expired', scopes: ['conversations.read'] },
  { name: 'Old till', prefix: 'hf_Nn8-dC', state: 'revoked', scopes: ['conversations.reply'] },
] as const

export const apiKeys = KEYS.map(({ name, prefix, state, scopes }, index) => ({
  id: idOf(61, index + 1),
  name,
  prefix,
  state,
  permissions: scopes,
  allowedAddresses: index === 0 ? ['203.0.113.0/24', '2001:db8::/48'] : [],
  createdBy: { id: idOf(2, 1), name: 'Amina Otieno' },
  createdAt: iso(now - (index + 1) * 20 * 1_440 * MINUTE),
  expiresAt: index === 2 ? iso(now - 3 * 1_440 * MINUTE) : null,
  revokedAt: index === 3 ? iso(now - 1_440 * MINUTE) : null,
  lastUsedAt: index === 1 ? null : iso(now - index * 90 * MINUTE),
  lastUsedAddress: index === 1 ? null : '203.0.113.7',
}))

const ASKED = [
  ['GET', '/contacts', 200, null],
  ['POST', '/contacts', 201, null],
  ['POST', '/contacts', 422, 'invalid_input'],
  ['GET', '/conversations/{id}/messages', 200, null],
  ['POST', '/flows/{id}/runs', 403, 'forbidden'],
  ['GET', '/contacts/{id}', 404, 'not_found'],
  ['GET', '/contacts', 429, 'rate_limited'],
  ['POST', '/conversations/{id}/messages', 503, 'unavailable'],
] as const

const apiRequests = Array.from({ length: 80 }, (_, index) => {
  const [method, route, status, code] = ASKED[(index * 5) % ASKED.length]!
  const key = index % 4 === 3 ? undefined : apiKeys[index % 2]!
  return {
    id: idOf(62, 1_000 - index),
    at: iso(now - index * 3 * MINUTE),
    method,
    route,
    subjectId: route.includes('{id}') ? idOf(3, index + 1) : null,
    status,
    durationMs: 4 + ((index * 37) % 240),
    principal: key
      ? { kind: 'api_key', id: key.id, name: key.name }
      : { kind: 'person', id: idOf(2, 1), name: 'Amina Otieno' },
    requestId: `req-${1_000 + index}`,
    address: '203.0.113.7',
    code,
  }
})

const outcomeOf = (status: number) => (status < 400 ? 'success' : status < 500 ? 'refused' : 'failed')

/** The requests that the filters of the log ask for. */
export function requestsLike(query: URLSearchParams): typeof apiRequests {
  const asked = (name: string, value: string | null) => query.get(name) === null || query.get(name) === value
  return apiRequests.filter(
    ({ at, route, requestId, status, principal }) =>
      route.includes(query.get('route') ?? '') &&
      asked('requestId', requestId) &&
      asked('outcome', outcomeOf(status)) &&
      asked('principalKind', principal.kind) &&
      asked('principalId', principal.id) &&
      at >= (query.get('from') ?? '') &&
      at < (query.get('to') ?? '9'),
  )
}

const SHARES: Partial<Record<string, number>> = {
  messages: 0.83,
  contacts: 0.31,
  tags: 1,
  storageBytes: 0.52,
  channels: 0.08,
}
export const usage = {
  plan: { key: 'default', name: 'Standard' },
  quotas: QUOTAS.map((quota) => ({
    quota,
    used: Math.round(HOUSE_LIMITS[quota] * (SHARES[quota] ?? 0.06)),
    limit: HOUSE_LIMITS[quota],
    resetsAt: isMonthly(quota) ? '2026-12-01T00:00:00.000Z' : null,
  })),
  rates: RATES.map((rate) => ({ rate, limit: HOUSE_LIMITS[rate] })),
}
