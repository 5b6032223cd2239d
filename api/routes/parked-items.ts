import { z } from '@hono/zod-openapi'
import { ParkedItemPage } from '#domain/channels/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { PageQuery } from '#domain/paging.ts'
import { getChannel } from '#infra/db/stores/channels.ts'
import { listParked, redriveItem } from '#infra/db/stores/inbound.ts'
import {
  audited,
  feature,
  found,
  Id,
  IdParam,
  inTenant,
  json,
  NO_CONTENT,
  pageFrom,
  readCursor,
  route,
} from '../routing.ts'

const tags = ['Channels']

const listRoute = route({
  method: 'get',
  path: '/{id}/parked-items',
  access: 'channels.manage',
  tags,
  summary: 'What came in and could not be taken; nothing is dropped',
  request: { params: IdParam, query: PageQuery },
  responses: { 200: json(ParkedItemPage, 'A page of parked items.') },
})

const retryRoute = route({
  method: 'post',
  path: '/{id}/parked-items/{itemId}/retry',
  access: 'channels.manage',
  tags,
  summary: 'Take a parked item once more',
  request: { params: z.strictObject({ id: Id, itemId: Id }) },
  responses: NO_CONTENT,
})

export const parkedItemsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, async (tx) => {
        found(await getChannel(tx, id), 'channel')
        return listParked(tx, { channelId: id, limit: limit + 1, after })
      })
      return c.json(pageFrom(c, { rows, limit, positionOf: (row) => [row.id] }), 200)
    })
    .openapi(retryRoute, async (c) => {
      const { id, itemId } = c.req.valid('param')
      await inTenant(c, async (tx) => {
        found(await getChannel(tx, id), 'channel')
        if (!(await redriveItem(tx, { channelId: id, id: itemId }))) throw new DomainError('not_found', 'No such item.')
        await audited(c, tx, { action: 'channels.retry_item', subject: { type: 'channel', id }, detail: { itemId } })
      })
      return c.body(null, 204)
    })
