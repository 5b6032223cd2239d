import { z } from 'zod'
import { DomainError } from '#domain/errors.ts'
import {
  ListWebhookDeliveries,
  ResendWebhook,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryPage,
} from '#domain/webhooks/deliveries.ts'
import { Redelivered, RedeliverSince } from '#domain/webhooks/schema.ts'
import { getDelivery, listDeliveries } from '#infra/db/stores/webhook-deliveries.ts'
import { queueMessage, redeliver, redeliverSince } from '#infra/db/stores/webhook-queue.ts'
import { getSubscription } from '#infra/db/stores/webhook-subscriptions.ts'
import type { Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { webhookDeliveryWorkflowId } from '#workflows/webhooks/messages.ts'
import { acting } from '../acting.ts'
import { audited, feature, found, IdParam, inTenant, json, jsonBody, pageFrom, readCursor, route } from '../routing.ts'

const tags = ['Webhooks']
const Place = z.strictObject({ id: z.uuid(), deliveryId: z.uuid() })

const listRoute = route({
  method: 'get',
  path: '/{id}/deliveries',
  access: 'webhooks.read',
  tags,
  summary: 'What was sent to an address, is on its way, or was given up (INT-20)',
  request: { params: IdParam, query: ListWebhookDeliveries },
  responses: { 200: json(WebhookDeliveryPage, 'A page of deliveries, the newest event first.') },
})

const getRoute = route({
  method: 'get',
  path: '/{id}/deliveries/{deliveryId}',
  access: 'webhooks.read',
  tags,
  summary: 'One delivery with its body and every attempt: request, answer, latency (INT-20)',
  request: { params: Place },
  responses: { 200: json(WebhookDeliveryDetail, 'The delivery.') },
})

const redeliverRoute = route({
  method: 'post',
  path: '/{id}/deliveries/{deliveryId}/redeliver',
  access: 'webhooks.manage',
  tags,
  summary: 'Send it again under the same id, at once',
  request: { params: Place },
  responses: { 202: json(WebhookDelivery, 'The delivery, queued.') },
})

const resendRoute = route({
  method: 'post',
  path: '/{id}/deliveries/{deliveryId}/resend',
  access: 'webhooks.manage',
  tags,
  summary: 'Send an edited body as a delivery of its own, under an id of its own',
  request: { params: Place, body: jsonBody(ResendWebhook) },
  responses: { 202: json(WebhookDelivery, 'The new delivery, queued.') },
})

const sinceRoute = route({
  method: 'post',
  path: '/{id}/redeliver',
  access: 'webhooks.manage',
  tags,
  summary: 'Send everything since an instant again: what did not arrive, or all of it',
  request: { params: IdParam, body: jsonBody(RedeliverSince) },
  responses: { 202: json(Redelivered, 'How many are queued, and from where to go on when there are more.') },
})

/** @throws DomainError not_found, conflict while it is switched off. */
async function assertActive(tx: Tx, id: string): Promise<void> {
  const { status } = found(await getSubscription(tx, id), 'subscription')
  if (status === 'disabled') throw new DomainError('conflict', 'This subscription is switched off.')
}

async function deliveryOf(tx: Tx, subscriptionId: string, messageId: string): Promise<WebhookDelivery> {
  const {
    body: _body,
    log: _log,
    ...delivery
  } = found(await getDelivery(tx, { subscriptionId, messageId }), 'delivery')
  return delivery
}

function assertJson(text: string): void {
  try {
    JSON.parse(text)
  } catch {
    const message = 'The body is not JSON.'
    throw new DomainError('invalid_input', message, { errors: [{ path: '/body', code: 'not_json', message }] })
  }
}

export const webhookDeliveriesApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor, state, type } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, async (tx) => {
        found(await getSubscription(tx, id), 'subscription')
        return listDeliveries(tx, { subscriptionId: id, limit: limit + 1, after, state, type })
      })
      return c.json(pageFrom(c, { rows, limit, positionOf: (row) => [row.id] }), 200)
    })
    .openapi(getRoute, async (c) => {
      const { id, deliveryId: messageId } = c.req.valid('param')
      const { tenantId } = acting(c)
      const delivery = found(await inTenant(c, (tx) => getDelivery(tx, { subscriptionId: id, messageId })), 'delivery')
      return c.json(
        { ...delivery, workflowId: webhookDeliveryWorkflowId({ tenantId, subscriptionId: id, messageId }) },
        200,
      )
    })
    .openapi(redeliverRoute, async (c) => {
      const { id, deliveryId: messageId } = c.req.valid('param')
      const delivery = await inTenant(c, async (tx) => {
        await assertActive(tx, id)
        found((await redeliver(tx, { subscriptionId: id, messageId })) || undefined, 'delivery')
        const detail = { deliveryId: messageId }
        await audited(c, tx, { action: 'webhooks.redeliver', subject: { type: 'webhook', id }, detail })
        return deliveryOf(tx, id, messageId)
      })
      return c.json(delivery, 202)
    })
    .openapi(resendRoute, async (c) => {
      const { id, deliveryId } = c.req.valid('param')
      const { body } = c.req.valid('json')
      const { tenantId } = acting(c)
      const messageId = newId()
      const delivery = await inTenant(c, async (tx) => {
        await assertActive(tx, id)
        const { type, conversationId } = await deliveryOf(tx, id, deliveryId)
        assertJson(body)
        await queueMessage(tx, { tenantId, subscriptionId: id, messageId, kind: 'edited', type, body, conversationId })
        const detail = { deliveryId, resentAs: messageId }
        await audited(c, tx, { action: 'webhooks.resend', subject: { type: 'webhook', id }, detail })
        return deliveryOf(tx, id, messageId)
      })
      return c.json(delivery, 202)
    })
    .openapi(sinceRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { since, which } = c.req.valid('json')
      const { tenantId } = acting(c)
      const redelivered = await inTenant(c, async (tx) => {
        await assertActive(tx, id)
        const done = await redeliverSince(tx, { tenantId, subscriptionId: id, since, which })
        const detail = { since, which, queued: done.queued }
        await audited(c, tx, { action: 'webhooks.redeliver_since', subject: { type: 'webhook', id }, detail })
        return done
      })
      return c.json(redelivered, 202)
    })
