import type { Json } from '#domain/conditions/json.ts'
import { floorIsFree, giveUp, grantFloor } from '#domain/conversations/mailbox.ts'
import { DomainError } from '#domain/errors.ts'
import type { Actor } from '#domain/events/schema.ts'
import type { TriggerFacts } from '#domain/flows/run.ts'
import { idFrom } from '#infra/ids.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { applyChange, type LockedConversation, lockConversation } from './conversation-row.ts'

/** What started a run. `key` is unique for the cause: the same one never starts twice. */
export type RunCause = { key: string; trigger: TriggerFacts; variables?: Record<string, Json> }

/** A run and where it belongs: all that its workflow is started with. */
export type RunPlace = { tenantId: string; id: string; flowId: string; flowVersionId: string; conversationId: string }

export async function runPlace(tx: Tx, runId: string): Promise<RunPlace | undefined> {
  return tx.row<RunPlace>(sql`
    select id, tenant_id as "tenantId", flow_id as "flowId", flow_version_id as "flowVersionId",
      conversation_id as "conversationId" from runs where id = ${runId}`)
}

export type NewRun = {
  tenantId: string
  flowId: string
  flowVersionId: string
  contactId: string
  conversation: LockedConversation
  cause: RunCause
  priority: number
  actor: Actor
}

/**
 * Writes a run that is to start, and gives it the floor if that is free: in one transaction, so two triggers at once are
 * two requests and one floor. The bell or the ring of the run does the rest.
 */
export async function startRun(tx: Tx, input: NewRun): Promise<{ runId: string; started: boolean; hasFloor: boolean }> {
  const { tenantId, conversation, cause } = input
  const runId = idFrom('run', tenantId, input.flowId, input.contactId, cause.key)
  const inserted = await tx.run(sql`
    insert into runs (id, tenant_id, flow_id, flow_version_id, contact_id, conversation_id, cause, priority)
    values (${runId}, ${tenantId}, ${input.flowId}, ${input.flowVersionId}, ${input.contactId}, ${conversation.id},
      ${JSON.stringify(cause)}, ${input.priority})
    on conflict (id) do nothing`)
  if (inserted === 0) return { runId, started: false, hasFloor: false }
  tx.wake('runs')
  const hasFloor = floorIsFree(conversation.mailbox)
  if (hasFloor) {
    const change = grantFloor(conversation.mailbox, runId)
    applyChange(tx, { tenantId, conversationId: conversation.id, change })
    conversation.mailbox = change.mailbox
  }
  appendEvents(tx, [
    {
      tenantId,
      type: 'run.started',
      actor: input.actor,
      subject: { type: 'run', id: runId },
      conversationId: conversation.id,
      cause: { trigger: cause.trigger.kind },
      data: { flowId: input.flowId, flowVersionId: input.flowVersionId, contactId: input.contactId },
    },
  ])
  return { runId, started: true, hasFloor }
}

/** Gives the floor to the one who waits for it longest among the most important; the caller has found it free. */
export async function grantToWaiter(tx: Tx, tenantId: string, conversation: LockedConversation): Promise<boolean> {
  if (!floorIsFree(conversation.mailbox)) return false
  const waiter = await tx.row<{ id: string }>(sql`
    update runs set wants_floor_since = null where id = (
      select id from runs where tenant_id = ${tenantId} and conversation_id = ${conversation.id} and state = 'open'
        and wants_floor_since is not null
      order by priority, wants_floor_since limit 1)
    returning id`)
  if (waiter === undefined) return false
  const change = grantFloor(conversation.mailbox, waiter.id)
  applyChange(tx, { tenantId, conversationId: conversation.id, change })
  conversation.mailbox = change.mailbox
  return true
}

/** A person ends a run. If it has the floor, the conversation is theirs to pick up: it goes to the queue. */
export async function cancelRun(tx: Tx, input: { tenantId: string; runId: string; actor: Actor }): Promise<void> {
  const { tenantId, runId, actor } = input
  const run = await tx.row<{ conversation_id: string }>(sql`
    select conversation_id from runs where id = ${runId} and tenant_id = ${tenantId}`)
  if (run === undefined) throw new DomainError('not_found', `No run ${runId}.`)
  const conversation = await lockConversation(tx, run.conversation_id)
  const ended = await tx.run(sql`
    update runs set state = 'closed', outcome = 'stopped', ended_at = now(), updated_at = now(), wake_at = null,
      wants_floor_since = null, rings = rings + 1, ring_due_at = now()
    where id = ${runId} and state in ('starting', 'open', 'parked')`)
  tx.wake('runs')
  if (ended === 0) throw new DomainError('run_not_open', `Run ${runId} has ended already.`)
  await giveUpFloor(tx, { tenantId, runId, conversation })
  appendEvents(tx, [
    {
      tenantId,
      type: 'run.ended',
      actor,
      subject: { type: 'run', id: runId },
      conversationId: conversation.id,
      data: { outcome: 'stopped' },
    },
  ])
}

/** People are wanted where a run fell silent in the middle of a talk; what it had queued is cut. */
export async function giveUpFloor(
  tx: Tx,
  { tenantId, runId, conversation }: { tenantId: string; runId: string; conversation: LockedConversation },
): Promise<boolean> {
  const change = giveUp(conversation.mailbox, runId)
  if (change.mailbox === conversation.mailbox) return false
  applyChange(tx, { tenantId, conversationId: conversation.id, change })
  return true
}

/** The trouble with a run that its workflow no longer carries: it fails, and its conversation goes to the queue. */
export async function failRun(
  tx: Tx,
  input: { tenantId: string; runId: string; epoch?: number; code: string },
): Promise<boolean> {
  const { tenantId, runId, code } = input
  const run = await tx.row<{ conversation_id: string }>(sql`
    select conversation_id from runs where id = ${runId} and tenant_id = ${tenantId}`)
  if (run === undefined) return false
  const conversation = await lockConversation(tx, run.conversation_id)
  if (input.epoch !== undefined && conversation.mailbox.epoch !== input.epoch) return false
  const failed = await tx.run(sql`
    update runs set state = 'failed', outcome = coalesce(outcome, 'failed'), error_code = coalesce(error_code, ${code}),
      ended_at = coalesce(ended_at, now()), updated_at = now(), wake_at = null, wants_floor_since = null, rung = rings
    where id = ${runId} and state in ('starting', 'open', 'parked')`)
  const silent = await giveUpFloor(tx, { tenantId, runId, conversation })
  // It may have ended well between the look at its workflow and this: then there is nothing to tell.
  if (failed === 0) return silent
  appendEvents(tx, [
    {
      tenantId,
      type: 'run.ended',
      actor: { kind: 'system' },
      subject: { type: 'run', id: runId },
      conversationId: conversation.id,
      data: { outcome: 'failed', code },
    },
  ])
  return true
}
