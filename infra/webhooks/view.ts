import type { WebhookHealth, WebhookSubscription } from '#domain/webhooks/schema.ts'
import { iso, isoOrNull } from '../db/rows.ts'
import type { SubscriptionRow } from '../db/stores/webhook-subscriptions.ts'
import { certificateFacts } from './secrets.ts'

function healthOf(row: SubscriptionRow, nowMs: number): WebhookHealth {
  if (row.status === 'disabled') return 'disabled'
  if (row.openUntil !== null && row.openUntil.getTime() > nowMs) return 'resting'
  if (row.failures > 0 || row.refusesAllSince !== null) return 'failing'
  return row.lastDeliveredAt === null ? 'new' : 'healthy'
}

/** A subscription as people and programs may see it: no secret, and what its figures mean. */
export function viewOfSubscription(row: SubscriptionRow, nowMs: number): WebhookSubscription {
  const {
    failures: _failures,
    refusesAllSince: _refusesAllSince,
    openUntil,
    attempts,
    delivered,
    latencyMsSum,
    clientCertificate,
    ...rest
  } = row
  const health = healthOf(row, nowMs)
  return {
    ...rest,
    health,
    restsUntil: health === 'resting' ? isoOrNull(openUntil) : null,
    previousSecretUntil: isoOrNull(row.previousSecretUntil),
    clientCertificate: clientCertificate === null ? null : (certificateFacts(clientCertificate) ?? null),
    lastDeliveredAt: isoOrNull(row.lastDeliveredAt),
    successRate: attempts === 0 ? null : delivered / attempts,
    averageLatencyMs: attempts === 0 ? null : latencyMsSum / attempts,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  }
}
