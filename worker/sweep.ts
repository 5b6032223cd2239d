import { inspectRun, type RunInspectionDeps } from '#activities/run-inspection.ts'
import { releaseHeld } from '#infra/db/stores/mailbox/held.ts'
import { leftBehind } from '#infra/db/stores/mailbox/left-behind.ts'
import { takeFrom } from '#infra/db/stores/mailbox/people.ts'
import { failRun } from '#infra/db/stores/mailbox/runs.ts'
import { wakeSnoozed } from '#infra/db/stores/mailbox/snoozes.ts'
import {
  cleanUp,
  dueHeld,
  type OverdueRun,
  openRuns,
  overdueRuns,
  overdueSnoozes,
  ringStranded,
  ringUnstarted,
  strandedConversations,
  strandedWaiters,
} from '#infra/db/stores/mailbox/sweep.ts'
import { forgetBeats } from '#infra/db/stores/process-beats.ts'
import { forgetAddresses } from '#infra/db/stores/rate-limits.ts'
import { turnRequestDays } from '#infra/db/stores/request-log.ts'
import type { Logger } from '#infra/log.ts'
import { metrics } from '#infra/metrics.ts'

export type SweepDeps = RunInspectionDeps & { log: Logger; now: () => number }

const PAGE = 200

/** Every ten seconds: what lies is rung, held messages and snoozes come due, desks of people who were shut out are cleared. */
export async function sweep(deps: SweepDeps): Promise<void> {
  const { db, now } = deps
  const stranded = await db.relay(async (tx) => [
    ...(await strandedConversations(tx, PAGE)),
    ...(await strandedWaiters(tx, PAGE)),
  ])
  for (const place of stranded) await db.tenant(place.tenantId, (tx) => ringStranded(tx, place))
  const held = await db.relay((tx) => dueHeld(tx, PAGE))
  for (const place of held) {
    const release = { ...place, actor: { kind: 'system' }, dueOnly: true, nowMs: now() } as const
    await db.tenant(place.tenantId, (tx) => releaseHeld(tx, release))
  }
  for (const place of await db.relay((tx) => overdueSnoozes(tx, PAGE))) {
    await db.tenant(place.tenantId, (tx) => wakeSnoozed(tx, { ...place, nowMs: now() }))
  }
  for (const place of await db.relay((tx) => leftBehind(tx, PAGE))) {
    await db.tenant(place.tenantId, (tx) => takeFrom(tx, { ...place, actor: { kind: 'system' } }))
  }
  await db.relay(ringUnstarted)
  for (const run of await db.relay((tx) => overdueRuns(tx, PAGE))) await mend(deps, run)
  metrics.sweeps.inc({ found: 'stranded' }, stranded.length)
}

/** Every hour: what Postgres calls open is compared with what Temporal runs. */
export async function compareRuns(deps: SweepDeps): Promise<number> {
  let after = '00000000-0000-0000-0000-000000000000'
  let mended = 0
  for (;;) {
    const page = await deps.db.relay((tx) => openRuns(tx, after, PAGE))
    for (const run of page) if (await mend(deps, run)) mended += 1
    if (page.length < PAGE) return mended
    after = page.at(-1)!.id
  }
}

/** Daily. */
export async function cleanUpDaily({ db }: Pick<SweepDeps, 'db'>): Promise<void> {
  await db.relay(cleanUp)
  await db.relay(turnRequestDays)
  await db.relay(forgetAddresses)
  await db.relay(forgetBeats)
}

async function mend(deps: SweepDeps, run: OverdueRun): Promise<boolean> {
  const { db, log } = deps
  const found = await inspectRun(deps, run.tenantId, run.id)
  if (found !== 'gone') return false
  await db.tenant(run.tenantId, (tx) => failRun(tx, { tenantId: run.tenantId, runId: run.id, code: 'workflow_gone' }))
  log.warn({ tenantId: run.tenantId, runId: run.id }, 'a run had lost its workflow; people take over')
  return true
}
