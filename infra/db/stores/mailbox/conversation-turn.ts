import { callPeople, close, consume, mayCloseIdle } from '#domain/conversations/mailbox.ts'
import type { ConversationOutcome } from '#domain/conversations/turn.ts'
import type { InboundContent } from '#domain/messages/schema.ts'
import { DEFAULT_TIMES } from '#domain/tenants/conversation-times.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents } from '../events.ts'
import { applyChange, type LockedConversation, lockConversation, saveMailbox } from './conversation-row.ts'
import type { Definitions } from './definitions.ts'
import { insertLine } from './message-row.ts'
import { grantToWaiter } from './runs.ts'
import { dueOutbound } from './send.ts'
import { wakeIfDue } from './snoozes.ts'
import { startForMessage } from './triggers.ts'
import { recordedOutcome, recordOutcome, type TurnKey } from './turn-outcomes.ts'

export type ConversationTurnInput = TurnKey & { conversationId: string; nowMs: number; definitions: Definitions }

const MESSAGES_PER_TURN = 50
const SENDS_PER_TURN = 20

export type InboundRow = { id: string; seq: number; content: InboundContent; sent_at: Date }

/**
 * One turn of a conversation that no run has: triggers take messages, people's messages are theirs, what is due is sent.
 * One transaction; the same (workflow, turn) answers what it decided the first time.
 */
export async function conversationTurn(tx: Tx, input: ConversationTurnInput): Promise<ConversationOutcome> {
  const recorded = await recordedOutcome<ConversationOutcome>(tx, input)
  if (recorded !== undefined) return recorded
  const conversation = await lockConversation(tx, input.conversationId)
  const before = conversation.mailbox
  // Bells of a run come here only when its workflow was not found, so its owner is looked after, messages or none.
  const orphan = before.owner.kind === 'run' ? before.owner.id : undefined

  await wakeIfDue(tx, { ...input, conversation })
  if (conversation.mailbox.owner.kind !== 'run') await takeMessages(tx, input, conversation)
  await grantToWaiter(tx, input.tenantId, conversation)
  const idleAtMs = await idleCloseAt(tx, conversation, input.nowMs)
  if (idleAtMs !== null && input.nowMs >= idleAtMs) await closeIdle(tx, input, conversation)

  // What a run left behind that is perhaps gone must not leave, nor hold up the look at it.
  const sends = orphan === undefined ? await dueOutbound(tx, input.tenantId, conversation.id, SENDS_PER_TURN) : []
  const outcome: ConversationOutcome = {
    kind: orphan !== undefined ? 'inspect_owner' : conversation.mailbox.state === 'closed' ? 'closed' : 'rest',
    sends,
    wakeAtMs: wakeAt(conversation, idleAtMs),
    more:
      sends.length === SENDS_PER_TURN ||
      (conversation.mailbox.owner.kind !== 'run' && conversation.mailbox.lastSeq > conversation.mailbox.handledSeq),
    ...(orphan === undefined ? {} : { runId: orphan, epoch: before.epoch }),
  }
  recordOutcome(tx, input, outcome)
  return outcome
}

/** Takes what waits: a trigger that matches starts its flow and leaves the rest to it; nobody's messages call people. */
async function takeMessages(tx: Tx, input: ConversationTurnInput, conversation: LockedConversation): Promise<void> {
  const { mailbox } = conversation
  if (mailbox.lastSeq === mailbox.handledSeq) return
  const forPeople = mailbox.owner.kind === 'user' || mailbox.needsPeople || mailbox.state === 'closed'
  if (forPeople) {
    conversation.mailbox = consume(mailbox, mailbox.lastSeq)
    saveMailbox(tx, conversation.id, conversation.mailbox)
    return
  }
  const messages = await tx.rows<InboundRow>(sql`
    select id, seq, content, sent_at from messages
    where tenant_id = ${input.tenantId} and conversation_id = ${conversation.id} and seq > ${mailbox.handledSeq}
    order by seq limit ${MESSAGES_PER_TURN}`)
  for (const message of messages) {
    conversation.mailbox = consume(conversation.mailbox, message.seq)
    saveMailbox(tx, conversation.id, conversation.mailbox)
    if (await startForMessage(tx, { ...input, conversation, message })) return
  }
  await toQueue(tx, input, conversation)
}

async function toQueue(tx: Tx, input: ConversationTurnInput, conversation: LockedConversation): Promise<void> {
  const { tenantId } = input
  const change = callPeople(conversation.mailbox)
  applyChange(tx, { tenantId, conversationId: conversation.id, change: { ...change, ring: false } })
  conversation.mailbox = change.mailbox
  insertLine(tx, {
    tenantId,
    conversation,
    line: { kind: 'line', code: 'lines.queued' },
    actor: { kind: 'system' },
  })
  await tell(tx, input, conversation, 'conversation.handed_over')
}

/**
 * When a conversation that only the bot has known closes by itself. While a run is at work it does not, but one looks
 * again after the same time: the end of a run rings nobody. Where a tenant lets silence last for ever, it never does.
 */
async function idleCloseAt(tx: Tx, { id, mailbox, lastMessageAt }: LockedConversation, nowMs: number) {
  const runHasFloor = mailbox.owner.kind === 'run'
  if (mailbox.state === 'snoozed' || !(runHasFloor || mayCloseIdle(mailbox))) return null
  const row = await tx.row<{ idle_ms: number | null; busy: boolean }>(sql`
    select (t.settings ->> 'idleCloseMs')::bigint as idle_ms,
      exists (select from runs r where r.tenant_id = v.tenant_id and r.conversation_id = v.id
        and r.state in ('starting', 'open', 'parked')) as busy
    from conversations v join tenants t on t.id = v.tenant_id where v.id = ${id}`)
  const idleMs = row?.idle_ms ?? DEFAULT_TIMES.idleCloseMs
  if (idleMs === 0) return null
  const idleAtMs = lastMessageAt.getTime() + idleMs
  const busy = runHasFloor || row?.busy === true
  return busy && idleAtMs <= nowMs ? nowMs + idleMs : idleAtMs
}

async function closeIdle(tx: Tx, input: ConversationTurnInput, conversation: LockedConversation): Promise<void> {
  const { tenantId } = input
  const change = close(conversation.mailbox)
  await tx.run(sql`update conversations set close_reason = 'idle', unread_count = 0 where id = ${conversation.id}`)
  applyChange(tx, { tenantId, conversationId: conversation.id, change: { ...change, ring: false } })
  conversation.mailbox = change.mailbox
  await tell(tx, input, conversation, 'conversation.closed')
}

function wakeAt(conversation: LockedConversation, idleAtMs: number | null): number | null {
  const { mailbox, snoozedUntil } = conversation
  if (mailbox.state === 'closed') return null
  if (mailbox.state === 'snoozed') return snoozedUntil?.getTime() ?? null
  return idleAtMs
}

async function tell(
  tx: Tx,
  input: ConversationTurnInput,
  conversation: LockedConversation,
  type: 'conversation.closed' | 'conversation.handed_over',
): Promise<void> {
  const { mailbox } = conversation
  appendEvents(tx, [
    {
      tenantId: input.tenantId,
      type,
      actor: { kind: 'system' },
      subject: { type: 'conversation', id: conversation.id },
      conversationId: conversation.id,
      data: { state: mailbox.state, epoch: mailbox.epoch, ownerKind: mailbox.owner.kind },
    },
  ])
}
