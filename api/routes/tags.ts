import { PageQuery } from '#domain/paging.ts'
import { ChangeTag, CreateTag, Tag, TagPage } from '#domain/tags/schema.ts'
import { changeTag, createTag, deleteTag, listTags } from '#infra/db/stores/tags.ts'
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

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'contacts.read',
  tags: ['Tags'],
  summary: 'Tags by name, with how many contacts and conversations carry each (CONV-18)',
  request: { query: PageQuery },
  responses: { 200: json(TagPage, 'A page of tags.') },
})

const createRoute = route({
  method: 'post',
  path: '/',
  access: 'tags.manage',
  tags: ['Tags'],
  summary: 'Make a tag',
  request: { body: jsonBody(CreateTag) },
  responses: { 201: json(Tag, 'The tag.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/{id}',
  access: 'tags.manage',
  tags: ['Tags'],
  summary: 'Rename or recolour a tag',
  request: { params: IdParam, body: jsonBody(ChangeTag) },
  responses: { 200: json(Tag, 'The tag.') },
})

const deleteRoute = route({
  method: 'delete',
  path: '/{id}',
  access: 'tags.manage',
  tags: ['Tags'],
  summary: 'Remove a tag, also from everybody and everything that carries it',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

export const tagsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listTags(tx, { limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: (tag) => [tag.name.toLowerCase(), tag.id] }), 200)
    })
    .openapi(createRoute, async (c) => {
      const input = c.req.valid('json')
      const tag = await inTenant(c, async (tx) => {
        const made = await createTag(tx, acting(c), input)
        await audited(c, tx, { action: 'tags.create', subject: { type: 'tag', id: made.id } })
        return made
      })
      return c.json(tag, 201)
    })
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const change = c.req.valid('json')
      const tag = await inTenant(c, async (tx) => {
        const changed = found(await changeTag(tx, id, change), 'tag')
        await audited(c, tx, { action: 'tags.change', subject: { type: 'tag', id }, detail: change })
        return changed
      })
      return c.json(tag, 200)
    })
    .openapi(deleteRoute, async (c) => {
      const { id } = c.req.valid('param')
      await inTenant(c, async (tx) => {
        found((await deleteTag(tx, id)) || undefined, 'tag')
        await audited(c, tx, { action: 'tags.delete', subject: { type: 'tag', id } })
      })
      return c.body(null, 204)
    })
export type TagsApi = ReturnType<typeof tagsApi>
