import * as wf from '@temporalio/workflow'
import type { CallActivities } from '#activities/calls.ts'
import type { FlowActivities } from '#activities/flows.ts'
import type { SendActivities, Sent } from '#activities/messages.ts'
import type { FlowOutcome, FlowTurnEvent } from '#domain/conversations/turn.ts'
import { STATUS } from '#temporal/search-attributes.ts'
import { isPatched } from '../patches.ts'
import { CALL, SEND, TURN } from '../proxies.ts'
import { historyIsLong, rest, restInWords } from '../rest.ts'
import { bell, type FlowRunInput, progress } from './messages.ts'

const { flowTurn } = wf.proxyLocalActivities<FlowActivities>(TURN)

const LOOK = { kind: 'look' } as const

/**
 * One run of a flow, for minutes or months. What it decides is decided in its turns, which are transactions; what it
 * waits for, sends and calls is here, where engineers can see it.
 */
export async function flowRun({ tenantId, runId, turn = 0 }: FlowRunInput): Promise<void> {
  const { sendMessage } = wf.proxyActivities<SendActivities>({
    ...SEND,
    priority: { priorityKey: 2, fairnessKey: tenantId },
    summary: 'Message of the flow',
  })
  const { callOut } = wf.proxyActivities<CallActivities>({
    ...CALL,
    priority: { priorityKey: 2, fairnessKey: tenantId },
    summary: 'Call of the flow',
  })
  const firstRunId = wf.workflowInfo().firstExecutionRunId
  let rung = false
  let event: FlowTurnEvent = LOOK
  let outcome: FlowOutcome | undefined

  wf.setHandler(bell, () => {
    rung = true
  })
  wf.setHandler(progress, () => ({
    turn,
    posture: outcome?.posture ?? 'working',
    nodeId: outcome?.nodeId ?? null,
    wakeAtMs: outcome?.wakeAtMs ?? null,
  }))

  try {
    for (;;) {
      rung = false
      wf.setCurrentDetails(`takes turn ${turn}`)
      outcome = await flowTurn({ tenantId, runId, firstRunId, turn, event })
      turn += 1
      event = LOOK
      let { wakeAtMs } = outcome
      for (const [index, messageId] of outcome.sends.entries()) {
        wf.setCurrentDetails(`sends message ${index + 1} of ${outcome.sends.length}; then ${placeOf(outcome)}`)
        const sent: Sent = await sendMessage({ tenantId, messageId })
        if (sent.promptWaitId === null || sent.promptWaitId !== outcome.waitId) continue
        // The time for an answer begins when its question has left; one that will never leave is never answered.
        if (sent.refused) event = { kind: 'prompt', waitId: sent.promptWaitId }
        else if (outcome.promptTimeoutMs !== null) wakeAtMs = sent.atMs + outcome.promptTimeoutMs
      }
      wf.setCurrentDetails(placeOf(outcome))
      // The server shows it as completed like any other. It costs events, so only what engineers look for is marked.
      if (outcome.result === 'failed' && isPatched('status-of-a-run')) {
        wf.upsertSearchAttributes([{ key: STATUS, value: 'failed' }])
      }
      if (outcome.posture === 'ended') return
      if (outcome.posture === 'calling') {
        await callOut({ tenantId, runId, waitId: outcome.waitId! })
        event = { kind: 'call', waitId: outcome.waitId! }
        continue
      }
      // Nothing is in flight here: rows hold the rest, and every run begins with a look at them.
      if (historyIsLong()) await wf.continueAsNew<typeof flowRun>({ tenantId, runId, turn })
      if (outcome.more || rung || event.kind === 'prompt') continue
      wf.setCurrentDetails(`${placeOf(outcome)}, ${restInWords(wakeAtMs)}`)
      const woken = await rest(() => rung, wakeAtMs)
      if (!woken && outcome.waitId !== null) event = { kind: 'timer', waitId: outcome.waitId }
    }
  } catch (error) {
    if (!wf.isCancellation(error)) throw error
    wf.setCurrentDetails('cancelled: people take over')
    // Somebody cancelled the run from outside: people take over, and nobody waits for ever. The turn that was cancelled
    // may have been committed, so this is the one after it: else it would only be told what that one decided.
    await wf.CancellationScope.nonCancellable(() =>
      flowTurn({ tenantId, runId, firstRunId, turn: turn + 1, event: { kind: 'cancel' } }),
    )
    throw error
  }
}

const placeOf = ({ posture, nodeId, waitId }: FlowOutcome): string =>
  `${posture}${nodeId === null ? '' : ` at node \`${nodeId}\``}${waitId === null ? '' : ` (wait \`${waitId}\`)`}`
