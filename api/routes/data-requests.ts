import { Readable } from 'node:stream'
import { z } from '@hono/zod-openapi'
import { DomainError } from '#domain/errors.ts'
import { PageQuery } from '#domain/paging.ts'
import type { Permission } from '#domain/permissions/catalogue.ts'
import { DataRequest, DataRequestPage, NewDataRequest } from '#domain/privacy/schema.ts'
import { getContact } from '#infra/db/stores/contacts.ts'
import { dataRequestsOf, endRequest, getDataRequest, requestData } from '#infra/db/stores/data-requests.ts'
import { exportWorkflowId } from '#workflows/privacy/messages.ts'
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

const tags = ['Privacy']
const NEEDED: Record<'export' | 'erasure', Permission> = { export: 'contacts.export', erasure: 'contacts.delete' }

const listRoute = route({
  method: 'get',
  path: '/contacts/{id}/data-requests',
  access: 'contacts.read',
  tags,
  summary: 'Exports and erasures of a contact, the newest first; they are known beyond the erasure',
  request: { params: IdParam, query: PageQuery },
  responses: { 200: json(DataRequestPage, 'A page of requests.') },
})

const createRoute = route({
  method: 'post',
  path: '/contacts/{id}/data-requests',
  access: 'contacts.export',
  tags,
  summary: 'Export everything about a contact, or erase them for good; erasing needs contacts.delete as well',
  request: { params: IdParam, body: jsonBody(NewDataRequest) },
  responses: { 202: json(DataRequest, 'It is noted, and begins as soon as it can.') },
})

const getRoute = route({
  method: 'get',
  path: '/data-requests/{id}',
  access: 'contacts.read',
  tags,
  summary: 'How far a request is',
  request: { params: IdParam },
  responses: { 200: json(DataRequest, 'The request.') },
})

const fileRoute = route({
  method: 'get',
  path: '/data-requests/{id}/file',
  access: 'contacts.export',
  tags,
  summary: 'The archive of an export, as long as it is kept',
  request: { params: IdParam },
  responses: {
    200: {
      description: 'A tar archive.',
      content: { 'application/x-tar': { schema: z.string().meta({ format: 'binary' }) } },
    },
  },
})

const discardRoute = route({
  method: 'delete',
  path: '/data-requests/{id}',
  access: 'contacts.export',
  tags,
  summary: 'Cancel an export, or take its file away; an erasure cannot be cancelled',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

function mayDo(c: RequestContext, kind: 'export' | 'erasure'): void {
  if (c.get('principal').permissions.has(NEEDED[kind])) return
  throw new DomainError('forbidden', `This needs the permission ${NEEDED[kind]}.`)
}

export const dataRequestsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, async (tx) => {
        const requests = await dataRequestsOf(tx, { contactId: id, limit: limit + 1, after })
        // Requests are known beyond their contact; a contact that never was is answered like one of another tenant.
        if (requests.length === 0 && after === undefined) found(await getContact(tx, id), 'contact')
        return requests
      })
      return c.json(pageFrom(c, { rows, limit, positionOf: (request) => [request.id] }), 200)
    })
    .openapi(createRoute, async (c) => {
      const { id: contactId } = c.req.valid('param')
      const { kind } = c.req.valid('json')
      mayDo(c, kind)
      const request = await inTenant(c, async (tx) => {
        const id = await requestData(tx, acting(c), { contactId, kind })
        const action = kind === 'export' ? 'contacts.export' : 'contacts.erase'
        await audited(c, tx, { action, subject: { type: 'contact', id: contactId }, detail: { requestId: id } })
        return found(await getDataRequest(tx, id), 'request').request
      })
      return c.json(request, 202)
    })
    .openapi(getRoute, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(found(await inTenant(c, (tx) => getDataRequest(tx, id)), 'request').request, 200)
    })
    .openapi(fileRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { request, storageKey } = found(await inTenant(c, (tx) => getDataRequest(tx, id)), 'request')
      const { media, clock } = c.get('deps')
      const isOver = request.expiresAt === null || Date.parse(request.expiresAt) <= clock.nowMs()
      if (media === undefined || storageKey === null || isOver) throw new DomainError('not_found', 'There is no file.')
      // Who asks only how large it is takes nothing with them, and would leave the file open behind them.
      const isTaken = c.req.method !== 'HEAD'
      const subject = { type: 'contact', id: request.contactId }
      const act = { action: 'contacts.export_download', subject, detail: { requestId: id } }
      if (isTaken) await inTenant(c, (tx) => audited(c, tx, act))
      const { tenantId } = c.get('principal')
      const bytes = isTaken ? Readable.toWeb(await media.stream(tenantId, storageKey)) : null
      return new Response(bytes as ReadableStream | null, {
        headers: {
          'content-type': 'application/x-tar',
          'content-disposition': `attachment; filename="contact-${request.contactId}.tar"`,
          'content-length': String(request.sizeBytes),
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
        },
      })
    })
    .openapi(discardRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { tenantId } = c.get('principal')
      await inTenant(c, async (tx) => {
        const { request } = found(await getDataRequest(tx, id), 'request')
        if (request.kind === 'erasure') throw new DomainError('conflict', 'An erasure cannot be taken back.')
        if (request.state === 'waiting') await endRequest(tx, { id, state: 'cancelled' })
        const subject = { type: 'contact', id: request.contactId }
        await audited(c, tx, { action: 'contacts.export_discard', subject, detail: { requestId: id } })
      })
      // Without its workflow there is no file either: it has not begun, or is over.
      await c
        .get('deps')
        .temporal?.workflow.getHandle(exportWorkflowId(tenantId, id))
        .signal('discard')
        .catch(() => undefined)
      return c.body(null, 204)
    })
export type DataRequestsApi = ReturnType<typeof dataRequestsApi>
