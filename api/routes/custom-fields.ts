import { ChangeCustomField, CreateCustomField, CustomField, CustomFieldPage } from '#domain/custom-fields/schema.ts'
import { PageQuery } from '#domain/paging.ts'
import { changeCustomField, createCustomField, listCustomFields } from '#infra/db/stores/custom-fields.ts'
import { acting } from '../acting.ts'
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

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'contacts.read',
  tags: ['Custom fields'],
  summary: 'Custom fields in the order they were made',
  request: { query: PageQuery },
  responses: { 200: json(CustomFieldPage, 'A page of custom fields.') },
})

const createRoute = route({
  method: 'post',
  path: '/',
  access: 'fields.manage',
  tags: ['Custom fields'],
  summary: 'Define a custom field',
  request: { body: jsonBody(CreateCustomField) },
  responses: { 201: json(CustomField, 'The field.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/{id}',
  access: 'fields.manage',
  tags: ['Custom fields'],
  summary: 'Change the label, options or obligation of a field',
  request: { params: IdParam, body: jsonBody(ChangeCustomField) },
  responses: { 200: json(CustomField, 'The field.') },
})

export const customFieldsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenantRemembered(c, (tx) => listCustomFields(tx, { limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: (field) => [field.id] }), 200)
    })
    .openapi(createRoute, async (c) => {
      const input = c.req.valid('json')
      const field = await inTenant(c, async (tx) => {
        const made = await createCustomField(tx, acting(c), input)
        await audited(c, tx, { action: 'custom_fields.create', subject: { type: 'custom_field', id: made.id } })
        return made
      })
      return c.json(field, 201)
    })
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const change = c.req.valid('json')
      const field = await inTenant(c, async (tx) => {
        const changed = found(await changeCustomField(tx, id, change), 'custom field')
        await audited(c, tx, { action: 'custom_fields.change', subject: { type: 'custom_field', id }, detail: change })
        return changed
      })
      return c.json(field, 200)
    })
export type CustomFieldsApi = ReturnType<typeof customFieldsApi>
