import {
  type Change,
  callPeople,
  consume,
  floorIsFree,
  giveUp,
  grantFloor,
  type Mailbox,
  releaseFloor,
} from '#domain/conversations/mailbox.ts'
import type { FlowOutcome, FlowTurnEvent } from '#domain/conversations/turn.ts'
import { applyToFacts } from '#domain/flows/facts.ts'
import { interpret } from '#domain/flows/interpreter.ts'
import {
  currentNodeId,
  type FlowCommand,
  type FlowEvent,
  type FlowFacts,
  type InterpreterState,
  needsMessage,
  openWaitId,
  startState,
  wakeAtMs,
  wantsFloor,
} from '#domain/flows/run.ts'
import type { FlowDefinition } from '#domain/flows/schema.ts'
import type { InboundContent } from '#domain/messages/schema.ts'
import { sql, type Tx } from '../../tx.ts'
import type { LockedConversation } from './conversation-row.ts'
import type { Definitions } from './definitions.ts'
import { loadFlowFacts } from './flow-facts.ts'
import { callEvent, promptEvents } from './flow-turn-events.ts'
import { findOpenPlace } from './flow-turn-place.ts'
import { type LockedTurn, lockTurn, type RunRow } from './flow-turn-rows.ts'
import { writeTurn } from './flow-turn-write.ts'
import { dueOutbound } from './send.ts'
import { recordOutcome, type TurnKey } from './turn-outcomes.ts'

export type FlowTurnInput = TurnKey & { runId: string; event: FlowTurnEvent; nowMs: number; definitions: Definitions }

/** What a turn works on: everything is read under the locks, changed in memory, and written once at the end. */
export type FlowTurn = {
  input: FlowTurnInput
  run: RunRow
  conversation: LockedConversation
  mailbox: Mailbox
  state: InterpreterState
  facts: FlowFacts
  definitions: Record<string, FlowDefinition>
  commands: FlowCommand[]
  /** Somebody else must look: an owner changed, or messages wait for the next one. */
  ring: boolean
  /** What waits in the order, as far as it has been read: read together with the facts, before anything is fed. */
  waiting: NextMessage[]
  /** Another run that had the floor when this one called people. */
  silenced?: Change['run']
}

const SENDS_PER_TURN = 20

/**
 * One turn of a run: its workflow says what woke it, the rows say what is to do. One transaction; the same (run, turn)
 * answers what it decided the first time. It never throws for having lost: then there is simply nothing to do.
 */
export async function flowTurn(tx: Tx, input: FlowTurnInput): Promise<FlowOutcome> {
  const locked = await lockTurn(tx, input)
  if (locked === undefined) return ENDED
  if (locked.recorded !== null) return locked.recorded
  const { run, conversation } = locked
  if (run.state === 'closed' || run.state === 'failed') {
    const outcome = { ...ENDED, sends: await dueOutbound(tx, input.tenantId, conversation.id, SENDS_PER_TURN) }
    recordOutcome(tx, input, outcome)
    return outcome
  }
  return takeTurn(tx, input, locked)
}

const ENDED: FlowOutcome = {
  posture: 'ended',
  sends: [],
  waitId: null,
  wakeAtMs: null,
  promptTimeoutMs: null,
  more: false,
  nodeId: null,
  result: null,
}

async function takeTurn(
  tx: Tx,
  input: FlowTurnInput,
  { conversation, run, outboxWaits }: LockedTurn,
): Promise<FlowOutcome> {
  let turn = await beginTurn(tx, input, { run, conversation })
  await play(tx, turn)
  let waits = outboxWaits
  if (conversation.mailbox.state === 'closed' && speaks(turn)) {
    // The run slept while its conversation was closed. Nothing is written yet, so it plays again where it may speak.
    turn = await beginTurn(tx, input, { run, conversation: await findOpenPlace(tx, { ...input, run, conversation }) })
    turn.ring = true
    waits = true
    await play(tx, turn)
  }
  return writeTurn(tx, turn, async (written) => {
    const sends = waits ? await dueOutbound(tx, input.tenantId, turn.conversation.id, SENDS_PER_TURN) : written
    return outcomeOf(turn, sends)
  })
}

async function beginTurn(
  tx: Tx,
  input: FlowTurnInput,
  { run, conversation }: Pick<LockedTurn, 'run' | 'conversation'>,
): Promise<FlowTurn> {
  const state = run.interpreter ?? freshState(run, input.nowMs)
  const versions = new Set([run.flowVersionId, ...state.frames.map((frame) => frame.flowVersionId)])
  const [facts, waiting, definitions] = await Promise.all([
    loadFlowFacts(tx, run.contactId),
    waitingMessages(tx, input.tenantId, conversation),
    input.definitions.of(tx, [...versions]),
  ])
  return {
    input,
    run,
    conversation,
    mailbox: conversation.mailbox,
    state,
    facts,
    definitions,
    waiting,
    commands: [],
    ring: false,
  }
}

async function play(tx: Tx, turn: FlowTurn): Promise<void> {
  if (turn.input.event.kind === 'cancel') cancel(turn)
  else if (turn.run.state === 'parked') feed(turn, { kind: 'floorLost' })
  else await advance(tx, turn)
}

/** Its workflow was cancelled: what the run had in hand goes to people, and what it had queued does not leave. */
function cancel(turn: FlowTurn): void {
  const change = giveUp(turn.mailbox, turn.run.id)
  turn.mailbox = change.mailbox
  turn.ring ||= change.ring
  feed(turn, { kind: 'stop' })
}

const SPEAKING: ReadonlySet<FlowCommand['kind']> = new Set(['send', 'ask', 'wantFloor', 'handOver'])
const speaks = (turn: FlowTurn): boolean => turn.commands.some((command) => SPEAKING.has(command.kind))

const freshState = (run: RunRow, nowMs: number): InterpreterState =>
  startState({
    runId: run.id,
    flowVersionId: run.flowVersionId,
    trigger: run.cause.trigger,
    nowMs,
    ...(run.cause.variables === undefined ? {} : { variables: run.cause.variables }),
  })

const owns = (turn: FlowTurn): boolean => turn.mailbox.owner.kind === 'run' && turn.mailbox.owner.id === turn.run.id

/** Messages before timers: an answer that came in time wins over the clock that ran out meanwhile. */
async function advance(tx: Tx, turn: FlowTurn): Promise<void> {
  const { run } = turn
  const standing = openWaitId(turn.state)
  if (turn.state.posture.kind === 'working') feed(turn, { kind: 'started', hasFloor: owns(turn) })
  else if (run.resume) feed(turn, { kind: 'resumed' })
  else if (owns(turn) && !turn.state.hasFloor) feed(turn, { kind: 'floorGranted' })
  else if (!owns(turn) && turn.state.hasFloor) feed(turn, { kind: 'floorLost' })

  takeMessages(turn)
  if (standing !== undefined) await takeNews(tx, turn, standing)
  takeMessages(turn)
}

/**
 * What became of the wait at which the run stood and still stands: its prompt left or was refused, its call came back,
 * its time is over. Rows tell, whoever noticed: a timer, a bell that brought nothing else, or the sweeper.
 */
async function takeNews(tx: Tx, turn: FlowTurn, waitId: string): Promise<void> {
  const stands = () => openWaitId(turn.state) === waitId
  if (!stands()) return
  if (turn.state.posture.kind === 'asking') {
    for (const event of await promptEvents(tx, turn)) feed(turn, event)
  }
  if (turn.state.posture.kind === 'calling') {
    const event = await callEvent(tx, turn, waitId)
    if (event !== undefined) feed(turn, event)
  }
  const dueMs = wakeAtMs(turn.state)
  if (stands() && dueMs !== undefined && dueMs <= turn.input.nowMs) feed(turn, { kind: 'timer', waitId })
}

type NextMessage = { seq: number; content: InboundContent; external_id: string | null; sent_at: Date }

/** So many are read at once; a run that takes more comes back for them. */
const READ_AT_ONCE = 20

async function waitingMessages(tx: Tx, tenantId: string, { id, mailbox }: LockedConversation): Promise<NextMessage[]> {
  if (mailbox.lastSeq === mailbox.handledSeq) return []
  return tx.rows<NextMessage>(sql`
    select seq, content, external_id, sent_at from messages
    where tenant_id = ${tenantId} and conversation_id = ${id} and seq > ${mailbox.handledSeq}
    order by seq limit ${READ_AT_ONCE}`)
}

/** Feeds what waits, in order, as long as the run asks. Only what it takes counts as handled. */
function takeMessages(turn: FlowTurn): void {
  claimFloor(turn)
  for (const message of turn.waiting) {
    if (!needsMessage(turn.state)) break
    if (message.seq <= turn.mailbox.handledSeq) continue
    turn.mailbox = consume(turn.mailbox, message.seq)
    feed(turn, {
      kind: 'message',
      seq: message.seq,
      content: message.content,
      atMs: message.sent_at.getTime(),
      ...(message.external_id === null ? {} : { externalId: message.external_id }),
    })
    claimFloor(turn)
  }
}

/** A run that wants to ask and finds the floor free takes it in the same turn. */
function claimFloor(turn: FlowTurn): void {
  if (!wantsFloor(turn.state)) return
  if (floorIsFree(turn.mailbox)) {
    turn.mailbox = grantFloor(turn.mailbox, turn.run.id).mailbox
    feed(turn, { kind: 'floorGranted' })
    return
  }
  const leaves = turn.commands.some((command) => command.kind === 'wantFloor' && command.leaveIfBusy)
  if (leaves) feed(turn, { kind: 'floorBusy' })
}

/** One event to the interpreter; what it decides about the floor takes effect before the next event. */
function feed(turn: FlowTurn, event: FlowEvent): void {
  const { definitions, facts, input } = turn
  const result = interpret({ definitions, state: turn.state, event, facts, nowMs: input.nowMs })
  if (!result.consumed) return
  turn.state = result.state
  turn.facts = applyToFacts(facts, result.commands)
  turn.commands.push(...result.commands)
  for (const command of result.commands) {
    const change =
      command.kind === 'handOver'
        ? callPeople(turn.mailbox, turn.run.id)
        : (command.kind === 'wait' && !command.keepsFloor) || command.kind === 'end'
          ? releaseFloor(turn.mailbox, turn.run.id)
          : undefined
    if (change === undefined) continue
    turn.mailbox = change.mailbox
    turn.ring ||= change.ring
    if ('run' in change && change.run !== undefined) turn.silenced = change.run
  }
}

function outcomeOf(turn: FlowTurn, sends: string[]): FlowOutcome {
  const { posture } = turn.state
  const parked = turn.run.state === 'parked' && posture.kind !== 'ended'
  const asking = posture.kind === 'asking'
  return {
    posture: parked ? 'parked' : posture.kind === 'working' ? 'waiting_floor' : posture.kind,
    sends,
    waitId: openWaitId(turn.state) ?? null,
    wakeAtMs: parked ? null : (wakeAtMs(turn.state) ?? null),
    promptTimeoutMs: asking && posture.deadlineMs === undefined ? (posture.timeoutMs ?? null) : null,
    more:
      sends.length === SENDS_PER_TURN ||
      (!parked && needsMessage(turn.state) && turn.mailbox.lastSeq > turn.mailbox.handledSeq),
    nodeId: currentNodeId(turn.state),
    result: posture.kind === 'ended' ? posture.outcome : null,
  }
}
