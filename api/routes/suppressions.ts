import {
  AddSuppression,
  ConsentHistory,
  ListSuppressions,
  Suppression,
  SuppressionPage,
} from '#domain/consents/schema.ts'
import { PageQuery } from '#domain/paging.ts'
import { consentHistory } from '#infra/db/stores/consents.ts'
import { getContact } from '#infra/db/stores/contacts.ts'
import { getSuppression, liftSuppression, listSuppressions, suppress } from '#infra/db/stores/suppressions.ts'
import { acting } from '../acting.ts'
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

const tags = ['Consent']

const listRoute = route({
  method: 'get',
  path: '/suppressions',
  access: 'contacts.read',
  tags,
  summary: 'To whom nothing is sent, the newest first',
  request: { query: ListSuppressions },
  responses: { 200: json(SuppressionPage, 'A page of the list.') },
})

const addRoute = route({
  method: 'post',
  path: '/suppressions',
  access: 'contacts.write',
  tags,
  summary: 'Send nothing of a category to a contact; without a category, nothing at all',
  request: { body: jsonBody(AddSuppression) },
  responses: { 201: json(Suppression, 'The entry; the one that was there already, where there was one.') },
})

const liftRoute = route({
  method: 'delete',
  path: '/suppressions/{id}',
  access: 'contacts.delete',
  tags,
  summary: 'Take a contact off the list',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

const historyRoute = route({
  method: 'get',
  path: '/contacts/{id}/consent-history',
  access: 'contacts.read',
  tags,
  summary: 'All that a contact said about consent, with its proof, the newest first',
  request: { params: IdParam, query: PageQuery },
  responses: { 200: json(ConsentHistory, 'A page of what was said.') },
})

export const suppressionsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor, ...filters } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listSuppressions(tx, { ...filters, limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(addRoute, async (c) => {
      const input = c.req.valid('json')
      const entry = await inTenant(c, async (tx) => {
        const { id } = found(await suppress(tx, acting(c), input), 'contact')
        const detail = { category: input.category, reason: input.reason }
        await audited(c, tx, {
          action: 'contacts.suppress',
          subject: { type: 'contact', id: input.contactId },
          detail,
        })
        return found(await getSuppression(tx, id), 'entry')
      })
      return c.json(entry, 201)
    })
    .openapi(liftRoute, async (c) => {
      const { id } = c.req.valid('param')
      await inTenant(c, async (tx) => {
        const { contactId, ...detail } = found(await liftSuppression(tx, id), 'entry')
        await audited(c, tx, { action: 'contacts.unsuppress', subject: { type: 'contact', id: contactId }, detail })
      })
      return c.body(null, 204)
    })
    .openapi(historyRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, async (tx) => {
        found(await getContact(tx, id), 'contact')
        return consentHistory(tx, { contactId: id, limit: limit + 1, after })
      })
      return c.json(pageFrom(c, { rows, limit, positionOf: (change) => [change.id] }), 200)
    })
export type SuppressionsApi = ReturnType<typeof suppressionsApi>
