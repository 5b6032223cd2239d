import { z } from 'zod'
import { Actor } from '../events/schema.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { CHECK_KEYS, CHECK_STATUSES, DIAGNOSTIC_RESULTS, DIAGNOSTIC_STATES } from './checks.ts'
import { FINDINGS, FIXES, type FindingCode } from './findings.ts'

const CODES = Object.keys(FINDINGS) as [FindingCode, ...FindingCode[]]
const Values = z.record(z.string(), z.union([z.string(), z.number()]))

/** Something that a check found: how bad it is, the values of its sentence, and the way out. */
export const DiagnosticFinding = z
  .strictObject({
    code: z.enum(CODES),
    status: z.enum(['warning', 'failed', 'skipped']),
    fix: z.enum(FIXES).nullable(),
    values: Values,
  })
  .meta({ id: 'DiagnosticFinding' })

export const DiagnosticCheck = z
  .strictObject({
    id: z.uuid(),
    key: z.enum(CHECK_KEYS),
    /** The number that it is about; null where it is about the workspace. */
    channel: z.strictObject({ id: z.uuid(), name: z.string(), displayPhone: z.string() }).nullable(),
    status: z.enum(CHECK_STATUSES),
    findings: z.array(DiagnosticFinding),
    /** Figures of what was well. */
    facts: Values,
    startedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'DiagnosticCheck' })
export type DiagnosticCheck = z.infer<typeof DiagnosticCheck>

const Count = z.int().min(0)
/** A run without its checks, as lists have it. */
export const DiagnosticRunSummary = z
  .strictObject({
    id: z.uuid(),
    cause: z.enum(['person', 'schedule']),
    requestedBy: Actor,
    state: z.enum(DIAGNOSTIC_STATES),
    result: z.enum(DIAGNOSTIC_RESULTS).nullable(),
    counts: z.strictObject({ total: Count, passed: Count, warning: Count, failed: Count, skipped: Count }),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'DiagnosticRunSummary' })
export type DiagnosticRunSummary = z.infer<typeof DiagnosticRunSummary>

export const DiagnosticRun = DiagnosticRunSummary.extend({ checks: z.array(DiagnosticCheck) }).meta({
  id: 'DiagnosticRun',
})
export type DiagnosticRun = z.infer<typeof DiagnosticRun>
export const DiagnosticRunPage = pageOf(DiagnosticRunSummary, 'DiagnosticRunPage')
export const ListDiagnosticRuns = PageQuery

/** Whether a workspace is looked at every day, and when next. */
export const DiagnosticSchedule = z
  .strictObject({ enabled: z.boolean(), nextAt: z.iso.datetime().nullable() })
  .meta({ id: 'DiagnosticSchedule' })
export type DiagnosticSchedule = z.infer<typeof DiagnosticSchedule>
export const ChangeDiagnosticSchedule = z
  .strictObject({ enabled: z.boolean() })
  .meta({ id: 'ChangeDiagnosticSchedule' })
