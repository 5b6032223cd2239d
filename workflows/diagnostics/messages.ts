import { defineQuery } from '@temporalio/workflow'
import type { CheckKey } from '#domain/diagnostics/checks.ts'

export type DiagnosticsInput = { tenantId: string; diagnosticId: string }
export type CheckInput = DiagnosticsInput & { checkId: string; channelId: string | null }
export type FailedCheck = DiagnosticsInput & {
  checkId: string
  code: 'check_timed_out' | 'check_broke' | 'database_unreachable'
  seconds: number
}

/** Ids and states; what was found is in rows. */
export type DiagnosticsProgress = { total: number; ended: number; running: CheckKey[] }
export const progress = defineQuery<DiagnosticsProgress>('progress')

/** One workflow per run: starting it twice starts it once. */
export const diagnosticsWorkflowId = (tenantId: string, diagnosticId: string): string =>
  `diagnostics/${tenantId}/${diagnosticId}`
