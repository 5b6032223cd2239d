import { z } from 'zod'
import { Actor } from '../events/schema.ts'
import { InstantInput } from '../inputs.ts'
import { PageQuery, pageOf } from '../paging.ts'

/** One line of the audit log: who did what to what, in which request. */
export const AuditLine = z
  .strictObject({
    id: z.uuid(),
    at: z.iso.datetime(),
    actor: Actor,
    actorName: z.string().nullable(),
    action: z.string(),
    subject: z.strictObject({ type: z.string(), id: z.string() }),
    detail: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
  })
  .meta({ id: 'AuditLine' })
export type AuditLine = z.infer<typeof AuditLine>
export const AuditPage = pageOf(AuditLine, 'AuditPage')

export const ACTOR_KINDS = [
  'person',
  'api_key',
  'platform',
  'contact',
  'run',
  'system',
] as const satisfies Actor['kind'][]

/** What is asked of the log, or exported of it: `from` is within, `to` is not. */
export const ListAudit = z.strictObject({
  ...PageQuery.shape,
  actorId: z.uuid().optional(),
  actorKind: z.enum(ACTOR_KINDS).optional(),
  action: z.string().max(80).optional(),
  subjectType: z.string().max(40).optional(),
  subjectId: z.string().max(80).optional(),
  from: InstantInput.optional(),
  to: InstantInput.optional(),
})
export type ListAudit = z.infer<typeof ListAudit>
