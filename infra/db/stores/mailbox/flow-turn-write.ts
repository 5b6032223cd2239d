import type { FlowOutcome } from '#domain/conversations/turn.ts'
import type { Actor } from '#domain/events/schema.ts'
import { type FlowCommand, innerFrames, openWaitId, standingNodeId, wakeAtMs } from '#domain/flows/run.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents, type NewEvent } from '../events.ts'
import { applyContactCommands, isContactCommand } from './contact-effects.ts'
import { changeRun, cutAutomated, ringBell, saveMailbox } from './conversation-row.ts'
import type { FlowTurn } from './flow-turn.ts'
import { insertLine, type NewOutbound, planOutbound } from './message-row.ts'
import { grantToWaiter } from './runs.ts'
import { forgetOldOutcomes } from './turn-outcomes.ts'

/**
 * Writes what a turn decided: effects in their order, then the owner, then the run with its log and the outcome.
 *
 * @param outcomeFor makes the outcome, given the ids of the messages that this turn wrote.
 */
export async function writeTurn(
  tx: Tx,
  turn: FlowTurn,
  outcomeFor: (written: string[]) => Promise<FlowOutcome>,
): Promise<FlowOutcome> {
  const { conversation, input, run } = turn
  const { tenantId } = input
  const actor: Actor = { kind: 'run', id: run.id }
  const before = conversation.mailbox
  conversation.mailbox = turn.mailbox

  const contactCommands = turn.commands.filter(isContactCommand)
  if (contactCommands.length > 0) {
    await applyContactCommands(tx, { tenantId, contactId: run.contactId, actor, commands: contactCommands })
  }
  if (turn.mailbox.cutEpoch !== before.cutEpoch) {
    cutAutomated(tx, tenantId, conversation.id, turn.mailbox.cutEpoch)
  }
  // With the epoch after this commit: a farewell that is written together with a hand-over is not cut by it.
  const messages = outboundOf(turn)
  const outbox = planOutbound({ tenantId, conversation, epoch: turn.mailbox.epoch, messages, actor })
  const moved = turn.mailbox !== before || outbox.written !== undefined
  outbox.insert(tx)
  if (moved) saveMailbox(tx, conversation.id, turn.mailbox, outbox.written)
  appendEvents(tx, [...outbox.events, ...eventsOf(turn, actor, before.epoch)])
  const outcome = await outcomeFor(outbox.rows.map((row) => row.id))
  saveRun(tx, turn, outcome)
  writeCalls(tx, turn)
  writeHandOver(tx, turn, actor)
  if (turn.silenced !== undefined) changeRun(tx, turn.silenced)
  if (turn.mailbox.epoch !== before.epoch) await grantToWaiter(tx, tenantId, conversation)
  if (turn.ring) ringBell(tx, tenantId, conversation.id)
  return outcome
}

function outboundOf(turn: FlowTurn): NewOutbound[] {
  const { posture } = turn.state
  return turn.commands.flatMap((command) => {
    if (command.kind !== 'send') return []
    const isPrompt = posture.kind === 'asking' && posture.promptKey === command.key
    return [
      {
        content: command.content,
        senderType: 'flow' as const,
        senderId: turn.run.flowId,
        automated: true,
        messageClass: 'reply' as const,
        runId: turn.run.id,
        nodeId: command.nodeId,
        cause: { kind: 'run', id: turn.run.id, step: command.key },
        ...(isPrompt ? { prompt: { waitId: posture.waitId, timeoutMs: posture.timeoutMs } } : {}),
      },
    ]
  })
}

function writeCalls(tx: Tx, turn: FlowTurn): void {
  for (const command of turn.commands) {
    if (command.kind !== 'call') continue
    const request = { ...command.request, timeoutMs: command.timeoutMs, key: command.key }
    tx.write(sql`
      insert into run_calls (tenant_id, run_id, wait_id, node_id, request)
      values (${turn.input.tenantId}, ${turn.run.id}, ${command.waitId}, ${command.nodeId}, ${JSON.stringify(request)})
      on conflict do nothing`)
  }
}

function writeHandOver(tx: Tx, turn: FlowTurn, actor: Actor): void {
  const handOver = turn.commands.find((command) => command.kind === 'handOver')
  if (handOver?.kind !== 'handOver') return
  const { priority, reason, note } = handOver
  if (priority !== undefined) {
    const level = priority === 'high' ? 'urgent' : priority
    tx.write(sql`update conversations set priority = ${level} where id = ${turn.conversation.id}`)
  }
  insertLine(tx, {
    tenantId: turn.input.tenantId,
    conversation: turn.conversation,
    line: { kind: 'line', code: `lines.handed_over.${reason}`, ...(note === undefined ? {} : { params: { note } }) },
    actor,
  })
}

type LogCommand = Extract<FlowCommand, { kind: 'log' }>

/** The log of the run: complete enough to read the run from it long after Temporal has forgotten the workflow. */
const logRows = (turn: FlowTurn) =>
  turn.commands
    .filter((command): command is LogCommand => command.kind === 'log')
    .map(({ event, nodeId, kind: _, ...detail }) => ({ id: newId(), kind: event, node_id: nodeId, detail }))

function saveRun(tx: Tx, turn: FlowTurn, outcome: FlowOutcome): void {
  const { state, run, input } = turn
  const { posture } = state
  const ended = posture.kind === 'ended'
  const status = ended
    ? posture.outcome === 'failed'
      ? 'failed'
      : 'closed'
    : run.state === 'parked'
      ? 'parked'
      : 'open'
  const wakeMs = ended ? undefined : wakeAtMs(state)
  const inner = innerFrames(state)
  tx.write(sql`
    with log as (
      insert into run_events (id, tenant_id, run_id, turn, at, kind, node_id, detail)
      select id, ${input.tenantId}, ${run.id}, ${input.turn}, ${new Date(input.nowMs)}, kind, node_id, detail
      from jsonb_to_recordset(${JSON.stringify(logRows(turn))}::jsonb) as e(id uuid, kind text, node_id text, detail jsonb)
    ), outcome as (
      insert into turn_outcomes (tenant_id, workflow_id, first_run_id, turn, outcome)
      values (${input.tenantId}, ${input.workflowId}, ${input.firstRunId}, ${input.turn}, ${JSON.stringify(outcome)})
    )
    update runs set state = ${status}, posture = ${posture.kind}, turn = ${input.turn + 1}, interpreter = ${JSON.stringify(state)},
      node_id = ${standingNodeId(state)}, inner_frames = ${inner.length === 0 ? null : JSON.stringify(inner)},
      wait_id = ${openWaitId(state) ?? null},
      wake_at = ${wakeMs === undefined ? null : new Date(wakeMs)}, resume = false, updated_at = now(), rung = rings,
      outcome = ${ended ? posture.outcome : null}, error_code = ${ended ? (posture.code ?? null) : null},
      ended_at = case when ${ended} then now() end,
      wants_floor_since = case when ${posture.kind === 'waiting_floor'} then coalesce(wants_floor_since, now()) end
    where id = ${run.id}`)
  forgetOldOutcomes(tx, input)
}

function eventsOf(turn: FlowTurn, actor: Actor, epochBefore: number): NewEvent[] {
  const { input, run, conversation, mailbox, state } = turn
  const { tenantId } = input
  const base = { tenantId, actor, conversationId: conversation.id }
  const events: NewEvent[] = []
  const { posture } = state
  events.push({
    ...base,
    type: posture.kind === 'ended' ? 'run.ended' : 'run.changed',
    subject: { type: 'run', id: run.id },
    data: {
      flowId: run.flowId,
      posture: posture.kind,
      nodeId: standingNodeId(state),
      ...(posture.kind === 'ended' ? { outcome: posture.outcome } : {}),
    },
  })
  if (mailbox.epoch !== epochBefore) {
    events.push({
      ...base,
      type: mailbox.needsPeople ? 'conversation.handed_over' : 'conversation.changed',
      subject: { type: 'conversation', id: conversation.id },
      data: { state: mailbox.state, ownerKind: mailbox.owner.kind, epoch: mailbox.epoch },
    })
  }
  return events
}
