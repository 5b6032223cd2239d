import type { CallOutcome, FlowEvent } from '#domain/flows/run.ts'
import { sql, type Tx } from '../../tx.ts'
import type { FlowTurn } from './flow-turn.ts'

type Prompt = { state: string; settled_at: Date | null; sending_at: Date | null; failure: { code?: string } | null }

/**
 * What became of the prompt of the ask the run stands at, as events. Read from the row, not from what the workflow
 * remembers: so the clock of an answer survives every restart.
 */
export async function promptEvents(tx: Tx, turn: FlowTurn): Promise<FlowEvent[]> {
  const { posture } = turn.state
  if (posture.kind !== 'asking') return []
  const { waitId } = posture
  const prompt = await tx.row<Prompt>(sql`
    select state, settled_at, sending_at, failure from messages
    where tenant_id = ${turn.input.tenantId} and conversation_id = ${turn.conversation.id} and run_id = ${turn.run.id}
      and prompt_wait_id = ${waitId}
    order by id desc limit 1`)
  if (prompt === undefined || prompt.state === 'queued' || prompt.state === 'sending') return []
  if (['failed', 'suppressed', 'superseded'].includes(prompt.state)) {
    return [{ kind: 'promptFailed', waitId, code: prompt.failure?.code ?? prompt.state }]
  }
  const at = prompt.settled_at ?? prompt.sending_at
  return at === null ? [] : [{ kind: 'promptAccepted', waitId, atMs: at.getTime() }]
}

/** What became of an outside call, and how long it took: as it lies in its row. */
export type SettledCall = CallOutcome & { tookMs?: number }

/** The answer of the outside call that the run waits for, if it is there. */
export async function callEvent(tx: Tx, turn: FlowTurn, waitId: string): Promise<FlowEvent | undefined> {
  const call = await tx.row<{ outcome: SettledCall | null }>(sql`
    select outcome from run_calls where tenant_id = ${turn.input.tenantId} and run_id = ${turn.run.id} and wait_id = ${waitId}`)
  if (call?.outcome == null) return undefined
  const { tookMs, ...outcome } = call.outcome
  return { kind: 'callResult', waitId, outcome, ...(tookMs === undefined ? {} : { tookMs }) }
}
