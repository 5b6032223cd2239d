import { z } from '@hono/zod-openapi'
import { PageQuery } from '#domain/paging.ts'
import { TemplateCategory, TemplatePage } from '#domain/templates/schema.ts'
import { listTemplates } from '#infra/db/stores/templates.ts'
import { feature, inTenant, json, pageFrom, readCursor, route } from '../routing.ts'

const TemplateQuery = PageQuery.extend({
  channelId: z.uuid().optional(),
  status: z.string().max(40).optional(),
  category: TemplateCategory.optional(),
  name: z.string().max(512).optional(),
})

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'templates.read',
  tags: ['Templates'],
  summary: 'Templates by name and language',
  request: { query: TemplateQuery },
  responses: { 200: json(TemplatePage, 'A page of templates.') },
})

export const templatesApi = () =>
  feature().openapi(listRoute, async (c) => {
    const { limit, cursor, ...filters } = c.req.valid('query')
    const after = readCursor(c, cursor)
    const rows = await inTenant(c, (tx) => listTemplates(tx, { ...filters, limit: limit + 1, after }))
    return c.json(pageFrom(c, { rows, limit, positionOf: (template) => [template.name, template.id] }), 200)
  })
export type TemplatesApi = ReturnType<typeof templatesApi>
