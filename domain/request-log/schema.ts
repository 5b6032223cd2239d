import { z } from 'zod'
import { InstantInput } from '../inputs.ts'
import { PageQuery, pageOf } from '../paging.ts'

/** How long the log of requests is kept. */
export const REQUEST_LOG_DAYS = 30

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export const PRINCIPAL_KINDS = ['person', 'api_key', 'system', 'platform'] as const

/** One request to the API: what was asked for and what came of it. Never a body, a query, a header or a secret. */
export const ApiRequest = z
  .strictObject({
    id: z.uuid(),
    at: z.iso.datetime(),
    method: z.string(),
    route: z.string().meta({ description: 'The route as the contract writes it, without values.' }),
    subjectId: z.uuid().nullable().meta({ description: 'The id that the path named, where it named one.' }),
    status: z.int(),
    durationMs: z.int(),
    principal: z.strictObject({ kind: z.enum(PRINCIPAL_KINDS), id: z.uuid().nullable(), name: z.string().nullable() }),
    requestId: z.string(),
    address: z.string(),
    code: z.string().nullable().meta({ description: 'The code of the problem that was answered, if one was.' }),
  })
  .meta({ id: 'ApiRequest' })
export type ApiRequest = z.infer<typeof ApiRequest>
export const ApiRequestPage = pageOf(ApiRequest, 'ApiRequestPage')

export const ListApiRequests = z.strictObject({
  ...PageQuery.shape,
  method: z.enum(METHODS).optional(),
  outcome: z.enum(['success', 'refused', 'failed']).optional(),
  code: z.string().max(60).optional(),
  route: z.string().max(200).optional().meta({ description: 'A part of the route.' }),
  principalKind: z.enum(PRINCIPAL_KINDS).optional(),
  principalId: z.uuid().optional(),
  requestId: z.string().max(64).optional(),
  subjectId: z.uuid().optional(),
  from: InstantInput.optional(),
  to: InstantInput.optional(),
})
export type ListApiRequests = z.infer<typeof ListApiRequests>
