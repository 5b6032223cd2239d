import { CalendarPage, ChangeCalendar, CreateCalendar, ListCalendars, StoredCalendar } from '#domain/calendars/api.ts'
import { DomainError } from '#domain/errors.ts'
import {
  changeCalendar,
  createCalendar,
  deleteCalendar,
  getCalendar,
  listCalendars,
} from '#infra/db/stores/calendars.ts'
import { assertQuota } from '#infra/db/stores/quotas.ts'
import { lockTenant } from '#infra/db/stores/tenants.ts'
import {
  audited,
  feature,
  found,
  IdParam,
  inTenant,
  inTenantRemembered,
  json,
  jsonBody,
  NO_CONTENT,
  pageFrom,
  readCursor,
  route,
} from '../routing.ts'

const tags = ['Calendars']

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'calendars.read',
  tags,
  summary: 'Business hours',
  request: { query: ListCalendars },
  responses: { 200: json(CalendarPage, 'A page of calendars.') },
})

const getRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'calendars.read',
  tags,
  summary: 'One calendar',
  request: { params: IdParam },
  responses: { 200: json(StoredCalendar, 'The calendar.') },
})

const createRoute = route({
  method: 'post',
  path: '/',
  access: 'calendars.manage',
  tags,
  summary: 'Make a calendar',
  request: { body: jsonBody(CreateCalendar) },
  responses: { 201: json(StoredCalendar, 'The calendar.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/{id}',
  access: 'calendars.manage',
  tags,
  summary: 'Change a calendar',
  request: { params: IdParam, body: jsonBody(ChangeCalendar) },
  responses: { 200: json(StoredCalendar, 'The calendar.') },
})

const deleteRoute = route({
  method: 'delete',
  path: '/{id}',
  access: 'calendars.manage',
  tags,
  summary: 'Delete a calendar that is not the default one',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

export const calendarsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenantRemembered(c, (tx) => listCalendars(tx, { limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(getRoute, async (c) => {
      const calendar = await inTenant(c, (tx) => getCalendar(tx, c.req.valid('param').id))
      return c.json(found(calendar, 'calendar'), 200)
    })
    .openapi(createRoute, async (c) => {
      const { tenantId } = c.get('principal')
      const calendar = await inTenant(c, async (tx) => {
        await assertQuota(tx, tenantId, 'calendars')
        const made = await createCalendar(tx, tenantId, c.req.valid('json'))
        await audited(c, tx, { action: 'calendars.create', subject: { type: 'calendar', id: made.id } })
        return made
      })
      return c.json(calendar, 201)
    })
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const change = c.req.valid('json')
      const calendar = await inTenant(c, async (tx) => {
        await lockTenant(tx) // Two that each make another calendar the default come one after the other.
        found(await getCalendar(tx, id), 'calendar')
        const after = await changeCalendar(tx, id, change)
        await audited(c, tx, { action: 'calendars.change', subject: { type: 'calendar', id }, detail: change })
        return found(after, 'calendar')
      })
      return c.json(calendar, 200)
    })
    .openapi(deleteRoute, async (c) => {
      const { id } = c.req.valid('param')
      await inTenant(c, async (tx) => {
        if (!(await deleteCalendar(tx, id))) throw new DomainError('not_found', 'There is no such calendar.')
        await audited(c, tx, { action: 'calendars.delete', subject: { type: 'calendar', id } })
      })
      return c.body(null, 204)
    })
export type CalendarsApi = ReturnType<typeof calendarsApi>
