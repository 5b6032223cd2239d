import { z } from 'zod'
import { DIAGNOSTIC_RESULTS } from '../diagnostics/checks.ts'
import { DiagnosticRunSummary } from '../diagnostics/schema.ts'
import { PageQuery, pageOf } from '../paging.ts'

/** How the last look at a tenant ended; null where nobody has looked yet. */
export const PlatformDiagnosis = z
  .strictObject({
    tenantId: z.uuid(),
    tenantName: z.string(),
    last: z
      .strictObject({
        id: z.uuid(),
        cause: DiagnosticRunSummary.shape.cause,
        result: z.enum(DIAGNOSTIC_RESULTS),
        endedAt: z.iso.datetime(),
      })
      .nullable(),
  })
  .meta({ id: 'PlatformDiagnosis' })
export type PlatformDiagnosis = z.infer<typeof PlatformDiagnosis>
export const PlatformDiagnosisPage = pageOf(PlatformDiagnosis, 'PlatformDiagnosisPage')

/** `none` are the tenants that nobody has looked at. */
export const DIAGNOSIS_FILTERS = [...DIAGNOSTIC_RESULTS, 'none'] as const
export type DiagnosisFilter = (typeof DIAGNOSIS_FILTERS)[number]
export const ListPlatformDiagnostics = z.strictObject({
  ...PageQuery.shape,
  result: z.enum(DIAGNOSIS_FILTERS).optional(),
})
