import type { FlowOutcome } from '#domain/conversations/turn.ts'
import type { InterpreterState } from '#domain/flows/run.ts'
import { sql, type Tx } from '../../tx.ts'
import { type ConversationRow, type LockedConversation, toLocked } from './conversation-row.ts'
import type { RunCause } from './runs.ts'
import type { TurnKey } from './turn-outcomes.ts'

export type RunRow = {
  id: string
  flowId: string
  flowVersionId: string
  contactId: string
  cause: RunCause
  state: 'starting' | 'open' | 'parked' | 'closed' | 'failed'
  resume: boolean
  interpreter: InterpreterState | null
  /** When its wait ends, also where only the acceptance of a prompt told. */
  wakeAtMs: number | null
}

export type LockedTurn = {
  conversation: LockedConversation
  run: RunRow
  /** What this very turn decided before, when it runs again. */
  recorded: FlowOutcome | null
  /** Something waits in the outbox already, so that more than this turn's own messages is to be sent. */
  outboxWaits: boolean
}

type Row = ConversationRow & { run: RunRow; recorded: FlowOutcome | null; outbox_waits: boolean }

/** Locks conversation and run, in the order in which people's verbs lock them, and looks for a recorded outcome. */
export async function lockTurn(tx: Tx, key: TurnKey & { runId: string }): Promise<LockedTurn | undefined> {
  const row = await tx.row<Row>(sql`
    select v.id, v.channel_id, v.contact_id, v.state, v.owner_kind, v.owner_id, v.epoch, v.cut_epoch, v.last_seq,
      v.handled_seq, v.outbound_seq, v.needs_people, v.unread_count, v.held_count, v.snoozed_until, v.last_message_at, v.window_expires_at, v.closed_at,
      jsonb_build_object('id', r.id, 'flowId', r.flow_id, 'flowVersionId', r.flow_version_id,
        'contactId', r.contact_id, 'cause', r.cause, 'state', r.state, 'resume', r.resume, 'interpreter', r.interpreter,
        'wakeAtMs', (extract(epoch from r.wake_at) * 1000)::bigint) as run,
      (select o.outcome from turn_outcomes o where o.tenant_id = ${key.tenantId} and o.workflow_id = ${key.workflowId}
        and o.first_run_id = ${key.firstRunId} and o.turn = ${key.turn}) as recorded,
      exists (select from messages m where m.tenant_id = v.tenant_id and m.conversation_id = v.id
        and m.outbound_seq is not null and m.state in ('queued', 'sending', 'unknown')) as outbox_waits
    from runs r join conversations v on v.id = r.conversation_id
    where r.id = ${key.runId} and r.tenant_id = ${key.tenantId}
    for update of v, r`)
  if (row === undefined) return undefined
  return { conversation: toLocked(row), run: row.run, recorded: row.recorded, outboxWaits: row.outbox_waits }
}
