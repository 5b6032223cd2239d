import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Links } from '#activities/starts.ts'
import {
  dueDiagnostics,
  scheduleDiagnostics,
  takeDueDiagnosis,
  unscheduledTenants,
} from '#infra/db/stores/diagnostic-schedules.ts'
import { failToBegin, type WaitingDiagnosis, waitingDiagnostics } from '#infra/db/stores/diagnostics.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import { callWithin } from '#temporal/client.ts'
import { searchAttributes } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { diagnosticsWorkflowId } from '#workflows/diagnostics/messages.ts'

export type DiagnosticsLoopDeps = { db: Db; temporal: Client; log: Logger; links: Links; now: () => number }

const RUNS_AT_ONCE = 20
const TENANTS_AT_ONCE = 100
const START_WITHIN_MS = 5_000
/** A run that has not begun by then says so itself: whoever watches it wants to know what is wrong. */
const BEGINS_WITHIN_MS = 20_000

/**
 * Starts the runs that were asked for. Without Temporal, or without a worker, none begins, and that is then what it found.
 */
export async function startDiagnostics(deps: DiagnosticsLoopDeps): Promise<void> {
  const waiting = await deps.db.relay((relay) => waitingDiagnostics(relay, RUNS_AT_ONCE))
  for (const run of waiting) {
    const started = await start(deps, run).catch((err: unknown) => {
      deps.log.warn({ err, diagnosticId: run.id }, 'a diagnosis could not be started')
      return 'unreachable' as const
    })
    // One that has only just been started, after an outage, gets its time.
    if (started === 'started' || run.waitsMs < BEGINS_WITHIN_MS) continue
    const why = started === 'unreachable' ? 'temporal_unreachable' : 'temporal_no_workers'
    await deps.db.tenant(run.tenantId, (tx) => failToBegin(tx, run, why))
  }
}

async function start({ temporal, links }: DiagnosticsLoopDeps, run: WaitingDiagnosis): Promise<'started' | 'already'> {
  const { id: diagnosticId, tenantId } = run
  const { publicUrl } = links
  try {
    await callWithin(temporal, START_WITHIN_MS, () =>
      temporal.workflow.start('diagnostics', {
        workflowId: diagnosticsWorkflowId(tenantId, diagnosticId),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        taskQueue: TASK_QUEUES.wf,
        args: [{ tenantId, diagnosticId }],
        staticSummary: 'Diagnosis of a workspace',
        ...(publicUrl !== undefined && {
          staticDetails: `[Open the run](${publicUrl}/settings/diagnostics/${diagnosticId})`,
        }),
        typedSearchAttributes: searchAttributes({ tenantId, kind: 'diagnostics' }),
      }),
    )
    return 'started'
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already'
    throw error
  }
}

/** Daily runs whose minute has come, and minutes for workspaces that have none yet. */
export async function keepDiagnosticSchedules({ db, log, now }: DiagnosticsLoopDeps): Promise<void> {
  for (const tenantId of await db.relay((relay) => unscheduledTenants(relay, TENANTS_AT_ONCE))) {
    await db.tenant(tenantId, (tx) => scheduleDiagnostics(tx, { tenantId, nowMs: now() }))
  }
  for (const tenantId of await db.relay((relay) => dueDiagnostics(relay, TENANTS_AT_ONCE))) {
    const taken = await db.tenant(tenantId, (tx) => takeDueDiagnosis(tx, { tenantId, nowMs: now() }))
    if (taken === 'overlaps') log.info({ tenantId }, 'a daily diagnosis was left out: another one is under way')
  }
}
