import type { Client } from '@temporalio/client'
import type { Links } from '#activities/starts.ts'
import { dueRetries, moveCursor, nextEvents } from '#infra/db/stores/reactions.ts'
import { LOOK_AGAIN_MS } from '#infra/db/stores/webhook-attempts.ts'
import {
  type DueDelivery,
  dueDeliveries,
  markStarted,
  queueEvents,
  tenantsWithSubscriptions,
} from '#infra/db/stores/webhook-queue.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import { callWithin } from '#temporal/client.ts'
import { priorityFor } from '#temporal/priorities.ts'
import { searchAttributes } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import * as webhooks from '#workflows/webhooks/messages.ts'
import { putOff, tryAgain } from './asides.ts'

export type FanOutDeps = { db: Db; log: Logger }

const READER = 'webhooks' as const
const PAGE = 1_000
const RETRIES_AT_ONCE = 20

/**
 * Reads numbered events on from its own cursor and writes a delivery for everybody who wants one. The cursor moves when
 * all of a page are written or put aside; a page that is read twice writes nothing twice.
 *
 * @returns how many deliveries there are now to start, or events to go on with.
 */
export async function fanOutEvents({ db, log }: FanOutDeps): Promise<{ written: number; more: boolean }> {
  const { read, written, aside } = await db.relay(async (relay) => {
    const [page, aside] = await Promise.all([
      nextEvents(relay, { reader: READER, limit: PAGE }),
      dueRetries(relay, READER, RETRIES_AT_ONCE),
    ])
    const last = page?.at(-1)
    let written = 0
    if (page !== undefined && last !== undefined) {
      const wanted = await tenantsWithSubscriptions(relay, [...new Set(page.map(({ tenantId }) => tenantId))])
      const byTenant = Map.groupBy(page, ({ tenantId }) => tenantId)
      for (const [tenantId, events] of byTenant) {
        if (!wanted.has(tenantId)) continue
        const eventIds = events.map(({ id }) => id)
        written += await queueOrPutAside({ db, log }, { tenantId, eventIds })
      }
      moveCursor(relay, READER, last.position)
    }
    return { read: page?.length ?? 0, written, aside }
  })
  let again = 0
  for (const { tenantId, eventId } of aside) {
    const place = { tenantId, reader: READER, eventId }
    again += (await tryAgain({ db, log }, place, (tx) => queueEvents(tx, { tenantId, eventIds: [eventId] }))) ?? 0
  }
  return { written: written + again, more: read === PAGE }
}

/** Many at once; when that fails, one by one, so that only what is at fault waits apart. */
async function queueOrPutAside(
  deps: FanOutDeps,
  { tenantId, eventIds }: { tenantId: string; eventIds: readonly string[] },
): Promise<number> {
  try {
    return await deps.db.tenant(tenantId, (tx) => queueEvents(tx, { tenantId, eventIds }))
  } catch (error) {
    deps.log.warn({ err: error, tenantId, reader: READER }, 'events could not be queued for webhooks together')
  }
  let written = 0
  for (const eventId of eventIds) {
    try {
      written += await deps.db.tenant(tenantId, (tx) => queueEvents(tx, { tenantId, eventIds: [eventId] }))
    } catch (error) {
      await putOff(deps, { tenantId, reader: READER, eventId }, error)
    }
  }
  return written
}

export type DeliveryStartDeps = { db: Db; temporal: Client; log: Logger; links: Links }

const STARTS_AT_ONCE = 100
const LEASE_MS = 15_000
const CALL_MS = 10_000

/** Starts the workflows of deliveries that are due, or rings those that run. @returns how many were. */
export async function startDeliveries({ db, temporal, log, links }: DeliveryStartDeps): Promise<number> {
  const due = await db.relayOnce((relay) => dueDeliveries(relay, { limit: STARTS_AT_ONCE, leaseMs: LEASE_MS }))
  if (due.length === 0) return 0
  const results = await callWithin(temporal, CALL_MS, () =>
    Promise.allSettled(due.map((delivery) => startDelivery({ temporal, links }, delivery))),
  )
  const started = due.filter((_, index) => results[index]!.status === 'fulfilled')
  if (started.length > 0) await db.relayOnce((relay) => markStarted(relay, started, { graceMs: LOOK_AGAIN_MS }))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) log.warn({ err: failed.reason }, 'deliveries could not be started; they stay due')
  return started.length
}

/** The first time there is nothing to ring; later the workflow may be asleep until its next attempt. */
async function startDelivery(
  { temporal, links }: Pick<DeliveryStartDeps, 'temporal' | 'links'>,
  { tenantId, subscriptionId, messageId, starts }: DueDelivery,
): Promise<void> {
  const input: webhooks.WebhookDeliveryInput = { tenantId, subscriptionId, messageId }
  const path = `/settings/webhooks/${subscriptionId}/deliveries/${messageId}`
  const options = {
    workflowId: webhooks.webhookDeliveryWorkflowId(input),
    taskQueue: TASK_QUEUES.wf,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    priority: priorityFor('webhook', tenantId),
    staticSummary: 'Delivery of a webhook',
    ...(links.publicUrl !== undefined && { staticDetails: `[Open the delivery](${links.publicUrl}${path})` }),
    typedSearchAttributes: searchAttributes({ tenantId, kind: 'webhookDelivery' }),
  } as const
  if (starts === 0) await temporal.workflow.start('webhookDelivery', { ...options, args: [input] })
  else {
    await temporal.workflow.signalWithStart('webhookDelivery', {
      ...options,
      args: [input],
      signal: webhooks.bell,
      signalArgs: [] as [],
    })
  }
}
