import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { ListNotifications, NotificationPage, UnreadCount } from '#domain/notifications/schema.ts'
import { countUnread, listNotifications, markAllRead, markRead } from '#infra/db/stores/notifications.ts'
import type { AppEnv } from '../deps.ts'
import { feature, IdParam, inTenant, json, NO_CONTENT, pageFrom, readCursor, route } from '../routing.ts'

const tags = ['Notifications']

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'member',
  peopleOnly: true,
  tags,
  summary: 'What you were told, the newest first',
  request: { query: ListNotifications },
  responses: { 200: json(NotificationPage, 'A page of notifications.') },
})

const unreadRoute = route({
  method: 'get',
  path: '/unread',
  access: 'member',
  peopleOnly: true,
  tags,
  summary: 'How many you have not read, up to 1000',
  responses: { 200: json(UnreadCount, 'The count.') },
})

const readRoute = route({
  method: 'post',
  path: '/{id}/read',
  access: 'member',
  peopleOnly: true,
  tags,
  summary: 'You have read it',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

const readAllRoute = route({
  method: 'post',
  path: '/read',
  access: 'member',
  peopleOnly: true,
  tags,
  summary: 'You have read them all',
  responses: NO_CONTENT,
})

function personOf(c: Context<AppEnv>): string {
  const { personId } = c.get('principal')
  if (personId === undefined) throw new DomainError('forbidden', 'Only people are told things.')
  return personId
}

export const notificationsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { cursor, limit, unread } = c.req.valid('query')
      const page = { personId: personOf(c), limit: limit + 1, after: readCursor(c, cursor), unread: unread === 'true' }
      const rows = await inTenant(c, (tx) => listNotifications(tx, page))
      return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(unreadRoute, async (c) => {
      const personId = personOf(c)
      return c.json({ count: await inTenant(c, (tx) => countUnread(tx, personId)) }, 200)
    })
    .openapi(readRoute, async (c) => {
      const notice = { personId: personOf(c), id: c.req.valid('param').id }
      const marked = await inTenant(c, (tx) => markRead(tx, notice))
      if (!marked) throw new DomainError('not_found', 'There is no such notification.')
      return c.body(null, 204)
    })
    .openapi(readAllRoute, async (c) => {
      const personId = personOf(c)
      await inTenant(c, (tx) => markAllRead(tx, personId))
      return c.body(null, 204)
    })
export type NotificationsApi = ReturnType<typeof notificationsApi>
