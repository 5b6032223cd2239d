import {
  ChangeChannel,
  Channel,
  ChannelEventPage,
  ChannelPage,
  ChannelTest,
  ConnectChannel,
} from '#domain/channels/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { PageQuery } from '#domain/paging.ts'
import { getChannel, listChannelEvents, listChannels, setChannelStatus } from '#infra/db/stores/channels.ts'
import { acting, type RequestContext } from '../acting.ts'
import { problemResponse } from '../problem.ts'
import {
  audited,
  feature,
  found,
  IdParam,
  inTenant,
  inTenantRemembered,
  json,
  jsonBody,
  pageFrom,
  readCursor,
  route,
} from '../routing.ts'

const TAGS = ['Channels']

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'channels.read',
  tags: TAGS,
  summary: 'Connected numbers; secrets are masked',
  request: { query: PageQuery },
  responses: { 200: json(ChannelPage, 'A page of channels.') },
})

const getRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'channels.read',
  tags: TAGS,
  summary: 'A connected number',
  request: { params: IdParam },
  responses: { 200: json(Channel, 'The channel.') },
})

const eventsRoute = route({
  method: 'get',
  path: '/{id}/events',
  access: 'channels.read',
  tags: TAGS,
  summary: 'What the provider told about a number (CH-04)',
  request: { params: IdParam, query: PageQuery },
  responses: { 200: json(ChannelEventPage, 'A page of events.') },
})

/** What is asked of the provider may be refused there. */
const OF_PROVIDER = { 502: problemResponse('The provider refused, or did not say.') }

const connectRoute = route({
  method: 'post',
  path: '/',
  access: 'channels.manage',
  tags: TAGS,
  summary: 'Connect a WhatsApp number by its Cloud API credentials (CH-01, CH-06)',
  request: { body: jsonBody(ConnectChannel) },
  responses: { 201: json(Channel, 'The channel, connected.'), ...OF_PROVIDER },
})

const changeRoute = route({
  method: 'patch',
  path: '/{id}',
  access: 'channels.manage',
  tags: TAGS,
  summary: 'Rename a number, replace its credentials, bound its pace',
  request: { params: IdParam, body: jsonBody(ChangeChannel) },
  responses: { 200: json(Channel, 'The channel.'), ...OF_PROVIDER },
})

const testRoute = route({
  method: 'post',
  path: '/{id}/test',
  access: 'channels.manage',
  tags: TAGS,
  summary: 'Go through a number step by step and say where it stops',
  request: { params: IdParam },
  responses: { 200: json(ChannelTest, 'What was found.'), ...OF_PROVIDER },
})

const disconnectRoute = route({
  method: 'post',
  path: '/{id}/disconnect',
  access: 'channels.manage',
  tags: TAGS,
  summary: 'Stop sending over a number and take its webhooks back; its conversations stay',
  request: { params: IdParam },
  responses: { 200: json(Channel, 'The channel, disconnected.'), ...OF_PROVIDER },
})

function connections(c: RequestContext) {
  const { channels } = c.get('deps')
  if (channels === undefined) throw new DomainError('unavailable', 'Numbers cannot be connected here.')
  return channels
}

/** The number as it stands, in a transaction of its own: connecting spans several. */
async function shown(c: RequestContext, id: string): Promise<Channel> {
  return connections(c).view(found(await inTenant(c, (tx) => getChannel(tx, id)), 'channel'))
}

export const channelsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenantRemembered(c, (tx) => listChannels(tx, { limit: limit + 1, after }))
      const page = pageFrom(c, { rows, limit, positionOf: (row) => [row.id] })
      return c.json({ ...page, items: page.items.map(connections(c).view) }, 200)
    })
    .openapi(getRoute, async (c) => c.json(await shown(c, c.req.valid('param').id), 200))
    .openapi(eventsRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, async (tx) => {
        found(await getChannel(tx, id), 'channel')
        return listChannelEvents(tx, { channelId: id, limit: limit + 1, after })
      })
      return c.json(pageFrom(c, { rows, limit, positionOf: (event) => [event.id] }), 200)
    })
    .openapi(connectRoute, async (c) => {
      const asking = { ...acting(c), requestId: c.get('requestId') }
      return c.json(await connections(c).connect(asking, c.req.valid('json')), 201)
    })
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const asking = { ...acting(c), requestId: c.get('requestId') }
      found((await connections(c).change(asking, id, c.req.valid('json'))) || undefined, 'channel')
      return c.json(await shown(c, id), 200)
    })
    .openapi(testRoute, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(found(await connections(c).check(acting(c), id), 'channel'), 200)
    })
    .openapi(disconnectRoute, async (c) => {
      const { id } = c.req.valid('param')
      const row = await inTenant(c, async (tx) => {
        const known = found(await getChannel(tx, id), 'channel')
        await setChannelStatus(tx, acting(c), { id, status: 'disconnected', reason: 'disconnected_by_person' })
        await audited(c, tx, { action: 'channels.disconnect', subject: { type: 'channel', id } })
        return known
      })
      const removed = await connections(c).release(row)
      const left = { id, status: 'disconnected', reason: 'webhook_not_removed' } as const
      if (!removed) await inTenant(c, (tx) => setChannelStatus(tx, acting(c), left))
      return c.json(await shown(c, id), 200)
    })
export type ChannelsApi = ReturnType<typeof channelsApi>
