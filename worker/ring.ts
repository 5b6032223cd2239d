import { randomUUID } from 'node:crypto'
import { type Client, WorkflowNotFoundError } from '@temporalio/client'
import { conversationStart, flowRunStart, type Links } from '#activities/starts.ts'
import {
  type ClaimedBell,
  claimBells,
  markOneRung,
  markRung,
  markRunsRung,
  postponeBells,
  type RunToRing,
  runsToRing,
} from '#infra/db/stores/mailbox/bells.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import { metrics } from '#infra/metrics.ts'
import { callWithin } from '#temporal/client.ts'
import * as flow from '#workflows/flows/messages.ts'

export type RingDeps = { db: Db; temporal: Client; log: Logger; links: Links }

const LEASE_MS = 15_000
const CALL_MS = 8_000
const BELLS_AT_ONCE = 64
const RETRY_MS = 1_000

/**
 * Rings what is due: claimed in a short transaction, rung outside any, marked with the token. A bell that could not be
 * rung is due again; none ever dies, and none is counted against anybody.
 *
 * @returns how many were rung.
 */
export async function ringBells(deps: RingDeps): Promise<number> {
  const { db, temporal, log } = deps
  const token = randomUUID()
  const bells = await db.relayOnce((tx) => claimBells(tx, { token, leaseMs: LEASE_MS, limit: BELLS_AT_ONCE }))
  if (bells.length === 0) return 0
  const results = await callWithin(temporal, CALL_MS, () => Promise.allSettled(bells.map((bell) => ring(deps, bell))))
  const rung = bells.filter((_, index) => results[index]!.status === 'fulfilled')
  const missed = bells.filter((_, index) => results[index]!.status === 'rejected')
  if (rung.length > 0) {
    const started = rung.flatMap((bell) => bell.starting ?? [])
    const held = await db.relayOnce((tx) => markRung(tx, { token, bells: rung }))
    for (const bell of held) await db.relayOnce((tx) => markOneRung(tx, { token, bell }))
    if (started.length > 0) await db.relayOnce((tx) => markRunsRung(tx, started))
  }
  if (missed.length > 0) {
    const ids = missed.map((bell) => bell.conversationId)
    await db.relayOnce((tx) => postponeBells(tx, { token, conversationIds: ids, delayMs: RETRY_MS }))
    const first = results.find((result) => result.status === 'rejected')
    log.warn({ err: first?.reason, count: missed.length }, 'bells could not be rung; they stay due')
  }
  metrics.rings.inc({ outcome: 'rung' }, rung.length)
  return rung.length
}

async function ring({ temporal, links }: RingDeps, bell: ClaimedBell): Promise<void> {
  if (bell.starting !== null) return startRun({ temporal, links }, bell.starting)
  if (bell.ownerKind === 'run') {
    try {
      await temporal.workflow.getHandle(flow.flowRunWorkflowId(bell.tenantId, bell.ownerId!)).signal(flow.bell)
      return
    } catch (error) {
      // The run is not there: its conversation looks after it.
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
  }
  const { tenantId, conversationId } = bell
  await temporal.workflow.signalWithStart('conversation', conversationStart(links, tenantId, conversationId))
}

/**
 * Rings runs themselves: those that start, and those that something outside has ended. A run that has been seen is only
 * signalled, so that one terminated by hand does not rise again.
 */
export async function ringRuns(deps: RingDeps): Promise<number> {
  const { db, temporal, log } = deps
  const runs = await db.relayOnce((tx) => runsToRing(tx, { limit: BELLS_AT_ONCE, leaseMs: LEASE_MS }))
  if (runs.length === 0) return 0
  const results = await callWithin(temporal, CALL_MS, () => Promise.allSettled(runs.map((run) => ringRun(deps, run))))
  const rung = runs.filter((_, index) => results[index]!.status === 'fulfilled')
  if (rung.length > 0) await db.relayOnce((tx) => markRunsRung(tx, rung))
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) log.warn({ err: failed.reason }, 'runs could not be rung; they stay due')
  return rung.length
}

async function ringRun({ temporal, links }: RingDeps, run: RunToRing): Promise<void> {
  const workflowId = flow.flowRunWorkflowId(run.tenantId, run.id)
  if (run.state !== 'starting') {
    try {
      await temporal.workflow.getHandle(workflowId).signal(flow.bell)
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    }
    return
  }
  await startRun({ temporal, links }, run)
}

/** Starts the workflow of a run, or rings it where somebody else has started it. */
async function startRun({ temporal, links }: Pick<RingDeps, 'temporal' | 'links'>, run: RunToRing): Promise<void> {
  await temporal.workflow.signalWithStart('flowRun', flowRunStart(links, run))
}
