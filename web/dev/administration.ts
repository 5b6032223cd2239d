import type { PlatformAuditLine } from '../../domain/platform/audit-log.ts'
import type { PlatformDiagnosis } from '../../domain/platform/diagnostics.ts'
import type { Plan } from '../../domain/platform/plans.ts'
import type { PlatformTenant, PlatformTenantDetails } from '../../domain/platform/schema.ts'
import { diagnosticsRoutes } from './diagnostics.ts'
import { usage } from './platform.ts'
import { idOf } from './random.ts'
import { type Answer, type Ask, ok, page, problem } from './routes.ts'
import { systemHealthRoutes } from './system-health.ts'
import { DAY, HOUR, iso, person } from './world.ts'

const now = Date.now()
const NAMES = [
  'Kahawa Roasters',
  'Kahawa Uganda',
  'Bäckereigenossenschaft Rheinland-Westfalen eG',
  'متجر الخطيب للعطور',
  'Librería Luz',
]
const plans: Plan[] = [
  { key: 'default', name: 'Standard', isDefault: true },
  { key: 'large', name: 'Large', isDefault: false },
].map((plan, index) => ({
  ...plan,
  limits: {},
  retiredAt: null,
  tenantCount: 4 - index * 3,
  createdAt: iso(now - 200 * DAY),
  updatedAt: iso(now - 20 * DAY),
}))
const tenants: PlatformTenant[] = NAMES.map((name, index) => ({
  id: idOf(50, index + 1),
  name,
  status: index === 4 ? 'suspended' : 'active',
  locale: 'en',
  timeZone: 'Africa/Nairobi',
  plan: index === 2 ? 'large' : 'default',
  memberCount: 3 + index * 4,
  supportUntil: index === 1 ? iso(now + 3 * HOUR) : null,
  createdAt: iso(now - (index + 1) * 30 * DAY),
}))
const detailsOf = (tenant: PlatformTenant): PlatformTenantDetails => ({
  ...tenant,
  plans: plans.map(({ key, name }) => ({ key, name })),
  usage: usage.quotas.map(({ quota, used, limit }) => ({ quota, used, limit })),
  rates: usage.rates,
  own: { messages: 2_000_000 },
  grant: null,
})
const RESULTS = ['failed', 'warning', undefined, 'passed', 'passed'] as const
const looked: PlatformDiagnosis[] = tenants.map(({ id, name }, index) => {
  const result = RESULTS[index]
  const last = { id: idOf(60, 9), cause: 'schedule' as const, endedAt: iso(now - (index + 1) * HOUR) }
  return { tenantId: id, tenantName: name, last: result === undefined ? null : { ...last, result } }
})
const ACTIONS = ['tenants.create', 'tenants.change', 'support.enter', 'administrators.add', 'texts.put']
const log: PlatformAuditLine[] = Array.from({ length: 12 }, (_, index) => ({
  id: idOf(51, 100 - index),
  at: iso(now - index * 5 * HOUR),
  personId: person.id,
  personName: person.name,
  action: ACTIONS[index % ACTIONS.length]!,
  subject: { type: 'tenant', id: idOf(50, (index % 5) + 1) },
  tenantId: index % 5 === 3 ? null : idOf(50, (index % 5) + 1),
  detail: { plan: 'large' },
  requestId: 'req-71',
}))

/** Who runs the installation: every tenant from outside. */
export function administrationRoutes(ask: Ask): Answer | undefined {
  const { path, query, method, mode } = ask
  const health = systemHealthRoutes(ask)
  if (health) return health
  if (!path.startsWith('/platform/') || method !== 'GET') return undefined
  const none = mode === 'empty'
  const result = query.get('result')
  if (path === '/platform/tenants') return page(none ? [] : tenants, query)
  if (path === '/platform/plans') return ok({ items: plans })
  if (path === '/platform/audit') {
    const [who, action, from] = [query.get('personId'), query.get('action'), query.get('from')]
    const asked = log.filter(
      (line) =>
        (who === null || line.personId === who) &&
        (action === null || line.action === action) &&
        (from === null || line.at >= from),
    )
    return page(none ? [] : asked, query)
  }
  if (path === '/platform/settings') return ok({ secondFactorRequired: false })
  if (path === '/platform/administrators')
    return ok({ items: [{ personId: person.id, name: person.name, email: person.email, createdAt: iso(now) }] })
  if (path === '/platform/diagnostics') {
    const asked = looked.filter(({ last }) => result === null || (last?.result ?? 'none') === result)
    return page(none ? [] : asked, query)
  }
  const [, tenantId, rest] = /^\/platform\/tenants\/([^/]+)(?:\/diagnostics(\/.+)?)?$/.exec(path) ?? []
  const tenant = tenants.find(({ id }) => id === tenantId)
  if (!tenant) return undefined
  if (path.endsWith(tenant.id)) return ok(detailsOf(tenant))
  return diagnosticsRoutes({ ...ask, path: `/diagnostics/runs${rest ?? ''}` }) ?? problem(404, 'not_found')
}
