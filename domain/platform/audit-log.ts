import { z } from 'zod'
import { csvLine } from '../csv.ts'
import { InstantInput } from '../inputs.ts'
import { PageQuery, pageOf } from '../paging.ts'

/** What administrators do as such; what they do to their own account is named as in the logs of tenants. */
export const PLATFORM_ACTIONS = [
  'tenants.create',
  'tenants.change',
  'support.enter',
  'support.leave',
  'plans.create',
  'plans.change',
  'plans.retire',
  'plans.restore',
  'parked_items.retry',
  'event_retries.retry',
  'webhook_deliveries.retry',
  'administrators.add',
  'administrators.remove',
  'settings.change',
  'texts.put',
  'texts.delete',
  'audit.export',
] as const
export type PlatformAction = (typeof PLATFORM_ACTIONS)[number]

export const PlatformAuditLine = z
  .strictObject({
    id: z.uuid(),
    at: z.iso.datetime(),
    personId: z.uuid(),
    personName: z.string().nullable(),
    action: z.string(),
    subject: z.strictObject({ type: z.string(), id: z.string() }),
    tenantId: z.uuid().nullable(),
    detail: z.record(z.string(), z.unknown()),
    requestId: z.string().nullable(),
  })
  .meta({ id: 'PlatformAuditLine' })
export type PlatformAuditLine = z.infer<typeof PlatformAuditLine>
export const PlatformAuditPage = pageOf(PlatformAuditLine, 'PlatformAuditPage')

/** What is asked of the log, or exported of it: `from` is within, `to` is not. */
const FILTERS = {
  personId: z.uuid().optional(),
  action: z.string().max(80).optional(),
  tenantId: z.uuid().optional(),
  from: InstantInput.optional(),
  to: InstantInput.optional(),
}
export const ListPlatformAudit = z.strictObject({ ...PageQuery.shape, ...FILTERS })
export const ExportPlatformAudit = z.strictObject({ ...FILTERS, format: z.enum(['csv', 'jsonl']).default('csv') })
export type PlatformAuditFilter = Omit<z.infer<typeof ExportPlatformAudit>, 'format'>

const COLUMNS = ['at', 'action', 'person_id', 'person_name', 'tenant_id', 'subject', 'subject_id', 'request', 'detail']

export const platformCsvHead = (): string => csvLine(COLUMNS)

export const platformCsvLine = (line: PlatformAuditLine): string =>
  csvLine([
    line.at,
    line.action,
    line.personId,
    line.personName ?? '',
    line.tenantId ?? '',
    line.subject.type,
    line.subject.id,
    line.requestId ?? '',
    JSON.stringify(line.detail),
  ])
