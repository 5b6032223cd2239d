import { CancelledFailure } from '@temporalio/common'
import type { CheckStatus } from '#domain/diagnostics/checks.ts'
import { finding, type Outcome } from '#domain/diagnostics/findings.ts'
import { DomainError } from '#domain/errors.ts'
import { beginCheck, beginDiagnosis, type CheckToRun, endDiagnosis, settleCheck } from '#infra/db/stores/diagnostics.ts'
import type { CheckInput, DiagnosticsInput, FailedCheck } from '#workflows/diagnostics/messages.ts'
import * as checks from './diagnostic-checks.ts'
import { storage } from './diagnostic-storage.ts'

export type DiagnosticsActivities = ReturnType<typeof createDiagnosticsActivities>
type Deps = checks.DiagnosticsDeps

/** What somebody reads of an error: its code. Messages may repeat what a stranger's server said. */
const brokenBy = (error: unknown): Outcome => ({
  findings: [finding('check_broke', { reason: error instanceof DomainError ? error.code : 'internal_error' })],
  facts: {},
})

/**
 * Every check is an activity of its own, with its own time. It writes what it found into its row, so that people see each
 * as it ends; what it returns is only its status. A check that throws has failed, and never the run.
 */
export const createDiagnosticsActivities = (deps: Deps) => {
  const { db } = deps
  const activity =
    (check: (deps: Deps, input: CheckInput) => Promise<Outcome>) =>
    async (input: CheckInput): Promise<CheckStatus> => {
      const { tenantId, checkId } = input
      if (!(await db.tenant(tenantId, (tx) => beginCheck(tx, checkId)))) return 'skipped'
      const outcome = await check(deps, input).catch((error: unknown) => {
        if (error instanceof CancelledFailure) throw error
        return brokenBy(error)
      })
      return db.tenant(tenantId, (tx) => settleCheck(tx, checkId, outcome))
    }

  return {
    /** @returns the checks to make; null when the run is over before it began. */
    async beginDiagnostics({ tenantId, diagnosticId }: DiagnosticsInput): Promise<CheckToRun[] | null> {
      return (await db.tenant(tenantId, (tx) => beginDiagnosis(tx, diagnosticId))) ?? null
    },

    /** Writes down for a check what it could not write itself: it hung, or its worker or the database went away. */
    async failCheck({ tenantId, checkId, code, seconds }: FailedCheck): Promise<void> {
      const findings = [code === 'check_timed_out' ? finding(code, { seconds }) : finding(code)]
      await db.tenant(tenantId, (tx) => settleCheck(tx, checkId, { findings, facts: {} }))
    },

    async endDiagnostics({ tenantId, diagnosticId }: DiagnosticsInput): Promise<void> {
      await db.tenant(tenantId, (tx) => endDiagnosis(tx, { tenantId, id: diagnosticId }))
    },

    checkDatabase: activity(checks.database),
    checkTemporal: activity(checks.temporal),
    checkClock: activity(checks.clock),
    checkStorage: activity(storage),
    checkMail: activity(checks.mail),
    checkQueues: activity(checks.queues),
    checkCredentials: activity(checks.credentials),
    checkSubscription: activity(checks.subscription),
    checkRoundTrip: activity(checks.roundTrip),
    checkReplay: activity(checks.replay),
    checkWebhooks: activity(checks.webhooks),
    checkErrors: activity(checks.errors),
  }
}
