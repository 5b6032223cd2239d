import * as wf from '@temporalio/workflow'
import type { ConversationActivities } from '#activities/conversations.ts'
import type { SendActivities } from '#activities/messages.ts'
import type { ConversationOutcome } from '#domain/conversations/turn.ts'
import { isPatched } from '../patches.ts'
import { MEND, SEND, TURN } from '../proxies.ts'
import { historyIsLong, rest, restInWords } from '../rest.ts'
import { bell, type ConversationInput, progress } from './messages.ts'

const { conversationTurn } = wf.proxyLocalActivities<ConversationActivities>(TURN)
const { mendOwner } = wf.proxyActivities<ConversationActivities>({
  ...MEND,
  summary: 'Look after the run that has the conversation',
})

/**
 * Takes the turns that nobody else takes: triggers, the queue, people's messages, closing when idle. Its rows say what
 * is to do; the bell only says "look". It completes when the conversation is closed; a later bell starts it again.
 */
export async function conversation({ tenantId, conversationId, turn = 0 }: ConversationInput): Promise<void> {
  const { sendMessage } = wf.proxyActivities<SendActivities>({
    ...SEND,
    priority: { priorityKey: 1, fairnessKey: tenantId },
    summary: 'Message of a person or of the house',
  })
  const firstRunId = wf.workflowInfo().firstExecutionRunId
  let rung = true // Every run begins with one look at its rows.
  let outcome: ConversationOutcome | undefined

  wf.setHandler(bell, () => {
    rung = true
  })
  wf.setHandler(progress, () => ({ turn, resting: !rung, wakeAtMs: outcome?.wakeAtMs ?? null }))

  for (;;) {
    rung = false
    wf.setCurrentDetails(`takes turn ${turn}`)
    outcome = await conversationTurn({ tenantId, conversationId, firstRunId, turn })
    turn += 1
    for (const [index, messageId] of outcome.sends.entries()) {
      wf.setCurrentDetails(`sends message ${index + 1} of ${outcome.sends.length}`)
      await sendMessage({ tenantId, messageId })
      // Bells of a burst lengthen the history while a batch leaves. What is left of it is due at the next run's first look.
      if (historyIsLong() && isPatched('rest-between-sends')) break
    }
    if (outcome.kind === 'inspect_owner') {
      wf.setCurrentDetails(`looks after the run \`${outcome.runId}\``)
      await mendOwner({ tenantId, conversationId, runId: outcome.runId!, epoch: outcome.epoch! })
    }
    // Nothing is in flight here, and a bell that rings meanwhile is answered by the next run's first look.
    if (historyIsLong()) await wf.continueAsNew<typeof conversation>({ tenantId, conversationId, turn })
    if (outcome.more || rung) continue
    wf.setCurrentDetails(outcome.kind === 'closed' ? 'closed' : restInWords(outcome.wakeAtMs))
    if (outcome.kind === 'closed') return
    await rest(() => rung, outcome.wakeAtMs)
  }
}
