/** What a plan bounds. Each name is also the translation key `quotas.<name>`, and a key of `plans.limits`. */
export const QUOTAS = [
  'members',
  'channels',
  'contacts',
  'flows',
  'customFields',
  'tags',
  'roles',
  'calendars',
  'webhooks',
  'apiKeys',
  'storageBytes',
  'messages',
  'campaigns',
  'apiCalls',
] as const
export type Quota = (typeof QUOTAS)[number]

/** Quotas that begin again with each month (UTC), and are kept as counts of uses. */
export const MONTHLY_QUOTAS = ['messages', 'campaigns', 'apiCalls'] as const satisfies readonly Quota[]
export type MonthlyQuota = (typeof MONTHLY_QUOTAS)[number]

/** How often one may ask in a minute: all keys of a tenant together, one key, one person. */
export const RATES = ['requestsPerMinute', 'keyRequestsPerMinute', 'personRequestsPerMinute'] as const
export type Rate = (typeof RATES)[number]

/** What is let through in a minute whatever anybody wrote down: no plan may make a tenant's keys useless. */
export const RATE_MIN = 100

type Figure = Quota | Rate

/** The figures of the house: what holds where neither the tenant nor its plan says otherwise. */
export const HOUSE_LIMITS: Readonly<Record<Figure, number>> = {
  members: 200,
  channels: 25,
  contacts: 1_000_000,
  flows: 1_000,
  customFields: 100,
  tags: 1_000,
  roles: 50,
  calendars: 50,
  webhooks: 50,
  apiKeys: 100,
  storageBytes: 100_000_000_000,
  messages: 1_000_000,
  campaigns: 1_000,
  apiCalls: 5_000_000,
  requestsPerMinute: 600,
  keyRequestsPerMinute: 300,
  personRequestsPerMinute: 3_000,
}

/** What the rows of a tenant and of its plan say, as they are stored: nobody vouches for their types. */
export type StoredLimits = {
  own: Readonly<Record<string, unknown>>
  plan: Readonly<Record<string, unknown>>
}

const asFigure = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

/** The figure that holds: the tenant's own, else its plan's, else that of the house. */
export function limitOf({ own, plan }: StoredLimits, figure: Figure): number {
  const limit = asFigure(own[figure]) ?? asFigure(plan[figure]) ?? HOUSE_LIMITS[figure]
  return figure === 'requestsPerMinute' ? Math.max(RATE_MIN, limit) : limit
}

export const isMonthly = (quota: Quota): quota is MonthlyQuota => (MONTHLY_QUOTAS as readonly Quota[]).includes(quota)

/** At which shares of a quota its owners are told, the highest first. */
const WARNED_AT = [100, 80] as const
export type WarnedAt = (typeof WARNED_AT)[number]

/** Which warning a use deserves, if any. A quota of nothing is no surprise to anybody and warns of nothing. */
export function warningAt({ used, limit }: { used: number; limit: number }): WarnedAt | undefined {
  if (limit <= 0) return undefined
  return WARNED_AT.find((percent) => used * 100 >= limit * percent)
}
