import { callPeople } from '#domain/conversations/mailbox.ts'
import type { Standing } from '#domain/conversations/progress.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { applyChange, type LockedConversation, lockConversation } from './conversation-row.ts'
import { insertLine } from './message-row.ts'
import { PATIENCE } from './sweep.ts'

/** Where something waits, and whose it is: a run's, or with null the conversation's own. */
export type StandingWork = Standing & {
  tenantId: string
  conversationId: string
  runId: string | null
  /** The turn of the run when it was looked at. */
  turn: number | null
}

const OVERDUE_S = PATIENCE.wakeMs / 1_000

/** Unhandled messages, messages that should have left, runs whose time is over: each with the one whose turn it is. */
export async function standingWork(tx: Tx, limit: number): Promise<StandingWork[]> {
  return tx.rows<StandingWork>(sql`
    with waits as (
      (select tenant_id, id as conversation_id, case when owner_kind = 'run' then owner_id end as run_id,
          'seq ' || handled_seq as what
        from conversations where handled_seq < last_seq and state <> 'closed'
          and tenant_id in (select id from tenants where status = 'active') limit ${limit})
      union all
      (select m.tenant_id, m.conversation_id, case when c.owner_kind = 'run' then c.owner_id end, 'message ' || m.id
        from messages m join conversations c on c.id = m.conversation_id
        where m.tenant_id in (select id from tenants where status = 'active') and m.state = 'queued'
          and coalesce(m.not_before, m.created_at) < now() - make_interval(secs => ${OVERDUE_S})
        order by m.id limit ${limit})
      union all
      (select tenant_id, conversation_id, id, 'wake ' || wake_at from runs
        where state = 'open' and wake_at < now() - make_interval(secs => ${OVERDUE_S})
          and tenant_id in (select id from tenants where status = 'active') limit ${limit})
    )
    select distinct on (key) key, tenant_id as "tenantId", conversation_id as "conversationId", run_id as "runId", turn,
      what || coalesce(', turn ' || turn, '') as mark
    from (
      select coalesce('run ' || w.run_id, 'conversation ' || w.conversation_id) as key, w.tenant_id, w.conversation_id,
        w.run_id, w.what, r.turn
      from waits w left join runs r on r.id = w.run_id
      where w.run_id is null or r.state in ('starting', 'open')
    ) whose
    order by key, what limit ${limit}`)
}

/** That its engine made no progress. */
export const RUN_STUCK = 'run_stuck'

/**
 * A run whose workflow runs and does not move stands still by its rows as well, and people are called. It goes on where it
 * stood when they hand back.
 *
 * @returns whether it had still not moved.
 */
export async function parkStuckRun(
  tx: Tx,
  { tenantId, runId, turn }: { tenantId: string; runId: string; turn: number },
): Promise<boolean> {
  const run = await tx.row<{ conversation_id: string }>(sql`
    select conversation_id from runs where id = ${runId} and tenant_id = ${tenantId}`)
  if (run === undefined) return false
  const conversation = await lockConversation(tx, run.conversation_id)
  const parked = await tx.run(sql`
    update runs set state = 'parked', parked_code = ${RUN_STUCK}, error_code = ${RUN_STUCK}, updated_at = now()
    where id = ${runId} and turn = ${turn} and state in ('starting', 'open')`)
  if (parked === 0) return false
  const { owner, state } = conversation.mailbox
  const isTheirs = owner.kind === 'none' || (owner.kind === 'run' && owner.id === runId)
  if (isTheirs && state !== 'closed') callPeopleTo(tx, tenantId, conversation)
  return true
}

/** A conversation whose own workflow does not move, and that nobody looks after, goes to the queue. */
export async function queueStuckConversation(
  tx: Tx,
  { tenantId, conversationId }: { tenantId: string; conversationId: string },
): Promise<void> {
  const conversation = await lockConversation(tx, conversationId)
  const { owner, needsPeople, lastSeq, handledSeq } = conversation.mailbox
  if (owner.kind === 'none' && !needsPeople && lastSeq > handledSeq) callPeopleTo(tx, tenantId, conversation)
}

function callPeopleTo(tx: Tx, tenantId: string, conversation: LockedConversation): void {
  const change = callPeople(conversation.mailbox)
  applyChange(tx, { tenantId, conversationId: conversation.id, change })
  const actor = { kind: 'system' } as const
  insertLine(tx, { tenantId, conversation, line: { kind: 'line', code: 'lines.handed_over.fault' }, actor })
  const { state, epoch, owner } = change.mailbox
  appendEvents(tx, [
    {
      tenantId,
      type: 'conversation.handed_over',
      actor,
      subject: { type: 'conversation', id: conversation.id },
      conversationId: conversation.id,
      data: { state, epoch, ownerKind: owner.kind },
    },
  ])
}
