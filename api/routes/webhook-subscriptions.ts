import { DomainError } from '#domain/errors.ts'
import type { EventType } from '#domain/events/schema.ts'
import { PageQuery } from '#domain/paging.ts'
import { assertMaySubscribe } from '#domain/permissions/event-access.ts'
import { PING_TYPE, StatisticsQuery, WebhookDelivery } from '#domain/webhooks/deliveries.ts'
import { sampleBodies, sampleBody } from '#domain/webhooks/samples.ts'
import {
  ChangeWebhookSubscription,
  CreateWebhookSubscription,
  RotateWebhookSecret,
  SendWebhookSample,
  WebhookSampleList,
  WebhookSecret,
  WebhookStatistics,
  WebhookSubscription,
  WebhookSubscriptionPage,
} from '#domain/webhooks/schema.ts'
import { getDelivery, statisticsOf } from '#infra/db/stores/webhook-deliveries.ts'
import { queueMessage } from '#infra/db/stores/webhook-queue.ts'
import {
  changeSubscription,
  createSubscription,
  deleteSubscription,
  disableSubscription,
  enableSubscription,
  getSubscription,
  listSubscriptions,
  rotateSecret,
} from '#infra/db/stores/webhook-subscriptions.ts'
import type { Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { hintOf, newWebhookSecret, sealWebhookSecret } from '#infra/webhooks/secrets.ts'
import { viewOfSubscription } from '#infra/webhooks/view.ts'
import { acting, type RequestContext } from '../acting.ts'
import {
  audited,
  feature,
  found,
  IdParam,
  inTenant,
  json,
  jsonBody,
  NO_CONTENT,
  pageFrom,
  readCursor,
  route,
} from '../routing.ts'
import { assertCallable, assertHttps, sealTls } from '../webhook-address.ts'

const tags = ['Webhooks']

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'webhooks.read',
  tags,
  summary: 'Addresses that are told of events, with their health (INT-14, INT-22)',
  request: { query: PageQuery },
  responses: { 200: json(WebhookSubscriptionPage, 'A page of subscriptions.') },
})

const createRoute = route({
  method: 'post',
  path: '/',
  access: 'webhooks.manage',
  tags,
  summary: 'Subscribe an address to events; the secret is shown this once',
  description:
    'Takes, for each event, the permission with which its like is read: `contacts.read` for what happens to contacts. There ' +
    'is no word for all events. What is told to one person only, as `notification.created`, is told to no address.',
  secretAnswer: true,
  request: { body: jsonBody(CreateWebhookSubscription) },
  responses: { 201: json(WebhookSecret, 'The subscription and its secret. A ping is on its way to the address.') },
})

const samplesRoute = route({
  method: 'get',
  path: '/samples',
  access: 'webhooks.read',
  tags,
  summary: 'A sample body of every event that there is',
  responses: { 200: json(WebhookSampleList, 'The samples.') },
})

const getRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'webhooks.read',
  tags,
  summary: 'One subscription',
  request: { params: IdParam },
  responses: { 200: json(WebhookSubscription, 'The subscription.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/{id}',
  access: 'webhooks.manage',
  tags,
  summary: 'Change a subscription, switch it off or on again',
  description:
    'Further events take their permissions, as when a subscription is made; another address takes those of all its events.',
  request: { params: IdParam, body: jsonBody(ChangeWebhookSubscription) },
  responses: { 200: json(WebhookSubscription, 'The subscription.') },
})

const deleteRoute = route({
  method: 'delete',
  path: '/{id}',
  access: 'webhooks.manage',
  tags,
  summary: 'Remove a subscription with its log',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

const rotateRoute = route({
  method: 'post',
  path: '/{id}/rotate-secret',
  access: 'webhooks.manage',
  tags,
  summary: 'Make a new secret; the older one signs as well for some hours',
  secretAnswer: true,
  request: { params: IdParam, body: jsonBody(RotateWebhookSecret) },
  responses: { 200: json(WebhookSecret, 'The subscription and its new secret.') },
})

const pingRoute = route({
  method: 'post',
  path: '/{id}/ping',
  access: 'webhooks.manage',
  tags,
  summary: 'Ask the address whether it is there',
  request: { params: IdParam },
  responses: { 202: json(WebhookDelivery, 'The ping, on its way.') },
})

const sampleRoute = route({
  method: 'post',
  path: '/{id}/test',
  access: 'webhooks.manage',
  tags,
  summary: 'Send a sample of an event (INT-21)',
  request: { params: IdParam, body: jsonBody(SendWebhookSample) },
  responses: { 202: json(WebhookDelivery, 'The sample, on its way.') },
})

const statisticsRoute = route({
  method: 'get',
  path: '/{id}/statistics',
  access: 'webhooks.read',
  tags,
  summary: 'Success rate and latency, in all and by hour (INT-22)',
  request: { params: IdParam, query: StatisticsQuery },
  responses: { 200: json(WebhookStatistics, 'The figures.') },
})

function newSecret(c: RequestContext, id: string) {
  const secret = newWebhookSecret()
  const place = { tenantId: acting(c).tenantId, subscriptionId: id, secret: 'secret' as const }
  return { secret, sealed: sealWebhookSecret(c.get('deps').keyRing, place, secret), secretHint: hintOf(secret) }
}

async function shown(c: RequestContext, tx: Tx, id: string): Promise<WebhookSubscription> {
  return viewOfSubscription(found(await getSubscription(tx, id), 'subscription'), c.get('deps').clock.nowMs())
}

type OwnMessage = { id: string; kind: 'ping' | 'sample'; type: Parameters<typeof sampleBody>[0] }

/** @returns the id of what is on its way. */
async function queueOwn(c: RequestContext, tx: Tx, { id, kind, type }: OwnMessage): Promise<string> {
  const { tenantId } = acting(c)
  const messageId = newId()
  const body = JSON.stringify(sampleBody(type, { tenantId, messageId, atMs: c.get('deps').clock.nowMs() }))
  await queueMessage(tx, { tenantId, subscriptionId: id, messageId, kind, type, body })
  return messageId
}

function sendOwn(c: RequestContext, message: OwnMessage): Promise<WebhookDelivery> {
  const { id, kind, type } = message
  return inTenant(c, async (tx) => {
    const { status } = found(await getSubscription(tx, id), 'subscription')
    if (status === 'disabled') throw new DomainError('conflict', 'This subscription is switched off.')
    const messageId = await queueOwn(c, tx, message)
    await audited(c, tx, { action: `webhooks.${kind}`, subject: { type: 'webhook', id }, detail: { type } })
    const { body: _body, log: _log, ...delivery } = (await getDelivery(tx, { subscriptionId: id, messageId }))!
    return delivery
  })
}

export const webhookSubscriptionsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listSubscriptions(tx, { limit: limit + 1, after }))
      const page = pageFrom(c, { rows, limit, positionOf: (row) => [row.id] })
      const nowMs = c.get('deps').clock.nowMs()
      return c.json({ ...page, items: page.items.map((row) => viewOfSubscription(row, nowMs)) }, 200)
    })
    .openapi(createRoute, async (c) => {
      const { clientTls, ...input } = c.req.valid('json')
      assertMaySubscribe(c.get('principal').permissions, input.events)
      assertCallable(c, input.url)
      const id = newId()
      const { secret, sealed, secretHint } = newSecret(c, id)
      const tls = sealTls(c, { id, url: input.url, tls: clientTls }) ?? null
      const subscription = await inTenant(c, async (tx) => {
        await createSubscription(tx, acting(c), { ...input, id, secret: sealed, secretHint, tls })
        const detail = { name: input.name, url: input.url, events: input.events }
        await audited(c, tx, { action: 'webhooks.create', subject: { type: 'webhook', id }, detail })
        await queueOwn(c, tx, { id, kind: 'ping', type: PING_TYPE })
        return shown(c, tx, id)
      })
      return c.json({ subscription, secret }, 201)
    })
    .openapi(samplesRoute, (c) => {
      const { tenantId } = acting(c)
      return c.json({ items: sampleBodies({ tenantId, messageId: newId(), atMs: c.get('deps').clock.nowMs() }) }, 200)
    })
    .openapi(getRoute, async (c) => c.json(await inTenant(c, (tx) => shown(c, tx, c.req.valid('param').id)), 200))
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { clientTls, enabled, ...change } = c.req.valid('json')
      const subscription = await inTenant(c, async (tx) => {
        const before = found(await getSubscription(tx, id), 'subscription')
        const url = change.url ?? before.url
        // Who reads at another address was told nothing yet.
        const known = url === before.url ? before.events : []
        const events = change.events ?? (before.events as EventType[])
        assertMaySubscribe(c.get('principal').permissions, events, known)
        if (change.url !== undefined) assertCallable(c, url)
        const tls = sealTls(c, { id, url, tls: clientTls })
        if (clientTls === undefined && before.clientCertificate !== null) assertHttps(url)
        await changeSubscription(tx, acting(c), { id, change, tls })
        if (enabled === true) await enableSubscription(tx, acting(c), id)
        if (enabled === false) await disableSubscription(tx, acting(c), { id, reason: 'person' })
        // Names of the fields, and what is no secret.
        const detail = { ...change, ...(enabled !== undefined && { enabled }), clientTls: clientTls !== undefined }
        await audited(c, tx, { action: 'webhooks.change', subject: { type: 'webhook', id }, detail })
        return shown(c, tx, id)
      })
      return c.json(subscription, 200)
    })
    .openapi(deleteRoute, async (c) => {
      const { id } = c.req.valid('param')
      await inTenant(c, async (tx) => {
        found((await deleteSubscription(tx, acting(c), id)) || undefined, 'subscription')
        await audited(c, tx, { action: 'webhooks.delete', subject: { type: 'webhook', id } })
      })
      return c.body(null, 204)
    })
    .openapi(rotateRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { overlapHours } = c.req.valid('json')
      const { secret, sealed, secretHint } = newSecret(c, id)
      const subscription = await inTenant(c, async (tx) => {
        const rotation = { id, secret: sealed, secretHint, overlapHours }
        found((await rotateSecret(tx, acting(c), rotation)) || undefined, 'subscription')
        const detail = { overlapHours }
        await audited(c, tx, { action: 'webhooks.rotate_secret', subject: { type: 'webhook', id }, detail })
        return shown(c, tx, id)
      })
      return c.json({ subscription, secret }, 200)
    })
    .openapi(pingRoute, async (c) =>
      c.json(await sendOwn(c, { id: c.req.valid('param').id, kind: 'ping', type: PING_TYPE }), 202),
    )
    .openapi(sampleRoute, async (c) => {
      const { type } = c.req.valid('json')
      return c.json(await sendOwn(c, { id: c.req.valid('param').id, kind: 'sample', type }), 202)
    })
    .openapi(statisticsRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { hours } = c.req.valid('query')
      const nowMs = c.get('deps').clock.nowMs()
      const figures = await inTenant(c, async (tx) => {
        found(await getSubscription(tx, id), 'subscription')
        return statisticsOf(tx, { subscriptionId: id, hours, nowMs })
      })
      return c.json(figures, 200)
    })
