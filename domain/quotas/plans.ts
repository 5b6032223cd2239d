/** What a plan bounds. Each name is also the translation key `quotas.<name>`. */
export const QUOTAS = [
  'members',
  'channels',
  'contacts',
  'flows',
  'customFields',
  'tags',
  'roles',
  'calendars',
] as const
export type Quota = (typeof QUOTAS)[number]
export type Plan = Readonly<Record<Quota, number>>

/** Plans as data. A tenant's own figures, where there are any, stand above those of its plan. */
export const PLANS: Readonly<Record<string, Plan>> = {
  default: {
    members: 200,
    channels: 25,
    contacts: 1_000_000,
    flows: 1_000,
    customFields: 100,
    tags: 1_000,
    roles: 50,
    calendars: 50,
  },
}

/** The figure that holds for a tenant. An unknown plan counts as the default one. */
export function quotaOf(tenant: { plan: string; quotas: Readonly<Record<string, unknown>> }, quota: Quota): number {
  const own = tenant.quotas[quota]
  if (typeof own === 'number' && Number.isFinite(own) && own >= 0) return own
  return (PLANS[tenant.plan] ?? PLANS['default']!)[quota]
}
