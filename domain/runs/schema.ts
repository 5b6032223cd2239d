import { z } from 'zod'
import { FieldValue } from '../contacts/schema.ts'
import { PageQuery, pageOf } from '../paging.ts'

export const RUN_STATES = ['starting', 'open', 'parked', 'closed', 'failed'] as const // also the CHECK in Postgres
export const RunState = z.enum(RUN_STATES).meta({ id: 'RunState' })
export type RunState = z.infer<typeof RunState>

export const Run = z
  .strictObject({
    id: z.uuid(),
    flow: z.strictObject({ id: z.uuid(), name: z.string(), versionId: z.uuid(), versionNumber: z.int() }),
    contact: z.strictObject({ id: z.uuid(), name: z.string() }),
    conversationId: z.uuid(),
    cause: z.record(z.string(), z.unknown()),
    state: RunState,
    posture: z.string(),
    outcome: z.string().nullable(),
    errorCode: z.string().nullable(),
    turn: z.int(),
    nodeId: z.string().nullable(),
    wakeAt: z.iso.datetime().nullable(),
    /** The id of its Temporal workflow, for the link to the Temporal UI. */
    workflowId: z.string(),
    startedAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Run' })
export type Run = z.infer<typeof Run>

/** A run with what it knows: the variables of its interpreter as they stand. */
export const RunDetail = Run.extend({ variables: z.record(z.string(), z.unknown()) }).meta({ id: 'RunDetail' })
export type RunDetail = z.infer<typeof RunDetail>

/** An address of one's own under which the Temporal UI has payloads opened: it needs no cookie, wherever the UI runs. */
export const DecodingPass = z
  .strictObject({ endpoint: z.url(), expiresAt: z.iso.datetime() })
  .meta({ id: 'DecodingPass' })
export type DecodingPass = z.infer<typeof DecodingPass>

export const RunPage = pageOf(Run, 'RunPage')

/** `active` is every state in which the run is not over. */
export const RunQuery = PageQuery.extend({
  flowId: z.uuid().optional(),
  contactId: z.uuid().optional(),
  conversationId: z.uuid().optional(),
  nodeId: z.string().max(64).optional(),
  state: z.enum(['active', ...RUN_STATES]).optional(),
})
export type RunQuery = z.infer<typeof RunQuery>

export const RunEvent = z
  .strictObject({
    id: z.uuid(),
    turn: z.int(),
    at: z.iso.datetime(),
    kind: z.string(),
    nodeId: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'RunEvent' })
export type RunEvent = z.infer<typeof RunEvent>

export const RunEventPage = pageOf(RunEvent, 'RunEventPage')

/** Starts a flow for a contact from outside. The same `cause` starts once, whatever the number of calls. */
export const StartRun = z
  .strictObject({
    contactId: z.uuid(),
    channelId: z.uuid().optional(),
    variables: z.record(z.string().max(64), FieldValue).default({}),
    cause: z.string().trim().min(1).max(200),
  })
  .meta({ id: 'StartRun' })
export type StartRun = z.infer<typeof StartRun>
