import { DELIVERY_STATES, type WebhookDelivery } from '../../domain/webhooks/deliveries.ts'
import { WEBHOOK_HEALTH, type WebhookStatistics, type WebhookSubscription } from '../../domain/webhooks/schema.ts'
import { idOf } from './random.ts'
import { type Answer, type Ask, ok, page, problem } from './routes.ts'
import { HOUR, iso, MINUTE } from './world.ts'

const now = Date.now()
const NAMES = ['Orders desk', 'Data warehouse', 'Billing', 'Old shop', 'Loyalty programme']

/** One in each state of health. */
const subscriptions = WEBHOOK_HEALTH.map(
  (health, index): WebhookSubscription => ({
    id: idOf(51, index + 1),
    name: NAMES[index] ?? '',
    url: `https://hooks.kahawa.example/${health}/holdfast`,
    events: ['conversation.closed', 'conversation.assigned', 'contact.created'].slice(0, (index % 3) + 1),
    filter: null,
    schedule: index % 2 === 0 ? 'default' : 'long',
    ...{ retryCount: 3, timeoutSeconds: 10, inFlightMax: 4, ordered: index === 1 },
    status: health === 'disabled' ? 'disabled' : 'active',
    disabledReason: health === 'disabled' ? 'failing' : null,
    health,
    restsUntil: health === 'resting' ? iso(now + 12 * MINUTE) : null,
    ...{ secretHint: 'x7Q', previousSecretUntil: null, clientCertificate: null },
    lastDeliveredAt: health === 'new' ? null : iso(now - index * HOUR),
    waiting: index * 7,
    successRate: health === 'new' ? null : 1 - index * 0.17,
    averageLatencyMs: health === 'new' ? null : 90 + index * 210,
    ...{ createdAt: iso(now - 60 * 24 * HOUR), updatedAt: iso(now - 24 * HOUR) },
  }),
)

const deliveriesOf = (subscriptionId: string): WebhookDelivery[] =>
  DELIVERY_STATES.map((state, index) => ({
    id: idOf(52, index + 1),
    subscriptionId,
    kind: 'event',
    type: 'conversation.closed',
    state,
    failure: state === 'failed' ? 'exhausted' : null,
    ...{ attempts: Math.min(index, 4), attemptsMax: 4 },
    statusCode: state === 'delivered' ? 204 : state === 'failed' ? 503 : null,
    error: state === 'retrying' ? 'timeout' : null,
    latencyMs: index > 3 ? 140 : null,
    conversationId: idOf(9, 1),
    nextAttemptAt: state === 'retrying' ? iso(now + MINUTE) : null,
    createdAt: iso(now - index * 9 * MINUTE),
    settledAt: index > 3 ? iso(now - index * 8 * MINUTE) : null,
  }))

const statistics: WebhookStatistics = {
  ...{ hours: 24, attempts: 211, delivered: 204, successRate: 204 / 211, averageLatencyMs: 132 },
  byHour: Array.from({ length: 24 }, (_, hour) => {
    const attempts = 3 + ((hour * 7) % 12)
    const averageLatencyMs = 120 + hour
    return {
      hour: iso(now - (23 - hour) * HOUR),
      attempts,
      delivered: attempts - (hour % 3 === 0 ? 1 : 0),
      averageLatencyMs,
    }
  }),
}

export function webhookRoutes({ path, query, method, mode }: Ask): Answer {
  if (method !== 'GET') return ok({})
  if (path === '/webhook-subscriptions') return page(mode === 'empty' ? [] : subscriptions, query)
  const [, id, part] = /^\/webhook-subscriptions\/([^/]+)(?:\/(.+))?$/.exec(path) ?? []
  const one = subscriptions.find((subscription) => subscription.id === id)
  if (one === undefined) return problem(404, 'not_found')
  if (part === 'statistics') return ok(statistics)
  return part === 'deliveries' ? page(deliveriesOf(one.id), query) : ok(one)
}
