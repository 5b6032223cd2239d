import { z } from 'zod'
import { Actor } from '../events/schema.ts'
import { pageOf } from '../paging.ts'

export const DATA_REQUEST_KINDS = ['export', 'erasure'] as const
export const DATA_REQUEST_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const
export type DataRequestState = (typeof DATA_REQUEST_STATES)[number]

/** Where a request stands, in the order of its kind. */
export const DATA_REQUEST_STEPS = ['begin', 'workflows', 'key', 'media', 'rows', 'settle', 'pack', 'kept'] as const
export type DataRequestStep = (typeof DATA_REQUEST_STEPS)[number]

/** What an erasure took, counted; ids and contents are gone and not in here. */
export const ErasureReport = z
  .strictObject({
    rows: z.record(z.string(), z.int()).optional(),
    media: z.int().optional(),
    workflows: z.strictObject({ ended: z.int(), deleted: z.int() }).optional(),
    keyDestroyed: z.boolean().optional(),
  })
  .meta({ id: 'ErasureReport' })
export type ErasureReport = z.infer<typeof ErasureReport>

/** Somebody asked for all that is known of a contact, or for its end. */
export const DataRequest = z
  .strictObject({
    id: z.uuid(),
    contactId: z.uuid(),
    kind: z.enum(DATA_REQUEST_KINDS),
    state: z.enum(DATA_REQUEST_STATES),
    step: z.enum(DATA_REQUEST_STEPS).nullable(),
    doneCount: z.int(),
    totalCount: z.int().nullable(),
    sizeBytes: z.int().nullable(),
    report: ErasureReport,
    errorCode: z.string().nullable(),
    requestedBy: Actor,
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    /** Until when the file of an export is kept. */
    expiresAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'DataRequest' })
export type DataRequest = z.infer<typeof DataRequest>
export const DataRequestPage = pageOf(DataRequest, 'DataRequestPage')

export const NewDataRequest = z.strictObject({ kind: z.enum(DATA_REQUEST_KINDS) }).meta({ id: 'NewDataRequest' })

/** For how long the file of an export is kept. */
export const EXPORT_KEPT_MS = 7 * 86_400_000
