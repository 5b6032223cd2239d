import { z } from '@hono/zod-openapi'
import {
  ChangeContact,
  ConsentCategory,
  Contact,
  ContactPage,
  CreateContact,
  SetConsent,
} from '#domain/contacts/schema.ts'
import { PageQuery } from '#domain/paging.ts'
import { setConsent } from '#infra/db/stores/consents.ts'
import { addTag, changeContact, createContact, getContact, listContacts, removeTag } from '#infra/db/stores/contacts.ts'
import { meetContact } from '#infra/db/stores/erased-contacts.ts'
import { acting } from '../acting.ts'
import {
  audited,
  feature,
  found,
  Id,
  IdParam,
  inTenant,
  json,
  jsonBody,
  pageFrom,
  readCursor,
  route,
} from '../routing.ts'

const TAGS = ['Contacts']
const ContactQuery = PageQuery.extend({
  q: z.string().trim().min(1).max(100).optional(),
  tagId: z.uuid().optional(),
})
const TagParam = z.strictObject({ id: Id, tagId: Id })
const ConsentParam = z.strictObject({ id: Id, category: ConsentCategory })

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'contacts.read',
  tags: TAGS,
  summary: 'Contacts, newest first; `q` finds words of the name and parts of the number',
  request: { query: ContactQuery },
  responses: { 200: json(ContactPage, 'A page of contacts.') },
})

const getRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'contacts.read',
  tags: TAGS,
  summary: 'A contact with identities, fields, tags and consents',
  request: { params: IdParam },
  responses: { 200: json(Contact, 'The contact.') },
})

const createRoute = route({
  method: 'post',
  path: '/',
  access: 'contacts.write',
  tags: TAGS,
  summary: 'Make a contact by hand',
  request: { body: jsonBody(CreateContact) },
  responses: { 201: json(Contact, 'The contact.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/{id}',
  access: 'contacts.write',
  tags: TAGS,
  summary: 'Change attributes and custom fields; null removes a value',
  request: { params: IdParam, body: jsonBody(ChangeContact) },
  responses: { 200: json(Contact, 'The contact.') },
})

const addTagRoute = route({
  method: 'post',
  path: '/{id}/tags/{tagId}',
  access: 'contacts.write',
  tags: TAGS,
  summary: 'Put a tag on a contact',
  request: { params: TagParam },
  responses: { 200: json(Contact, 'The contact.') },
})

const removeTagRoute = route({
  method: 'delete',
  path: '/{id}/tags/{tagId}',
  access: 'contacts.write',
  tags: TAGS,
  summary: 'Take a tag off a contact',
  request: { params: TagParam },
  responses: { 200: json(Contact, 'The contact.') },
})

const consentRoute = route({
  method: 'put',
  path: '/{id}/consents/{category}',
  access: 'contacts.write',
  tags: TAGS,
  summary: 'Record what the contact agreed to, or took back',
  request: { params: ConsentParam, body: jsonBody(SetConsent) },
  responses: { 200: json(Contact, 'The contact.') },
})

export const contactsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor, ...filters } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listContacts(tx, { ...filters, limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: (contact) => [contact.id] }), 200)
    })
    .openapi(getRoute, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(found(await inTenant(c, (tx) => getContact(tx, id)), 'contact'), 200)
    })
    .openapi(createRoute, async (c) => {
      const input = c.req.valid('json')
      const contact = await inTenant(c, async (tx) => {
        const id = await createContact(tx, acting(c), input)
        const { tenantId } = c.get('principal')
        await meetContact(tx, { tenantId, contactId: id, keyRing: c.get('deps').keyRing })
        await audited(c, tx, { action: 'contacts.create', subject: { type: 'contact', id } })
        return found(await getContact(tx, id), 'contact')
      })
      return c.json(contact, 201)
    })
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const change = c.req.valid('json')
      const contact = await inTenant(c, async (tx) => {
        found(await changeContact(tx, acting(c), { id, change }), 'contact')
        // Which attributes, not their values: the audit log outlives an erasure.
        const detail = { changed: Object.keys(change) }
        await audited(c, tx, { action: 'contacts.change', subject: { type: 'contact', id }, detail })
        return found(await getContact(tx, id), 'contact')
      })
      return c.json(contact, 200)
    })
    .openapi(addTagRoute, async (c) => {
      const { id, tagId } = c.req.valid('param')
      const contact = await inTenant(c, async (tx) => {
        await addTag(tx, acting(c), id, tagId)
        await audited(c, tx, { action: 'contacts.tag', subject: { type: 'contact', id }, detail: { tagId } })
        return found(await getContact(tx, id), 'contact')
      })
      return c.json(contact, 200)
    })
    .openapi(removeTagRoute, async (c) => {
      const { id, tagId } = c.req.valid('param')
      const contact = await inTenant(c, async (tx) => {
        await removeTag(tx, acting(c), id, tagId)
        await audited(c, tx, { action: 'contacts.untag', subject: { type: 'contact', id }, detail: { tagId } })
        return found(await getContact(tx, id), 'contact')
      })
      return c.json(contact, 200)
    })
    .openapi(consentRoute, async (c) => {
      const { id, category } = c.req.valid('param')
      const input = c.req.valid('json')
      const contact = await inTenant(c, async (tx) => {
        const { changed } = found(await setConsent(tx, acting(c), { ...input, contactId: id, category }), 'contact')
        // Not where they said so: that is in people's words, and the audit log outlives an erasure.
        const detail = { category, state: input.state }
        if (changed) await audited(c, tx, { action: 'contacts.consent', subject: { type: 'contact', id }, detail })
        return found(await getContact(tx, id), 'contact')
      })
      return c.json(contact, 200)
    })
export type ContactsApi = ReturnType<typeof contactsApi>
