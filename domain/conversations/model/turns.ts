import { FENCE_MS } from '../../messages/sendable.ts'
import {
  apply,
  type Conversation,
  complain,
  conversationOf,
  type Event,
  endRun,
  freshId,
  gatherHeld,
  type Outbound,
  type Outcome,
  openConversation,
  type Run,
  ringBell,
  runOf,
  type Workflow,
  type World,
} from './world.ts'

const IDLE_MS = 86_400_000
const PAUSE_MS = 5_000
const DELAY_MS = 600_000

const NOTHING: Outcome = { over: false, sends: [], wakeAt: null, more: false, calls: false, inspect: null }

/** One turn of a workflow: one transaction, and the same turn answers what it decided before. */
export function takeTurn(world: World, workflow: Workflow, event: Event): Outcome {
  const turn = event.kind === 'cancel' ? workflow.turn + 1 : workflow.turn
  const key = `${workflow.id}/${workflow.firstRun}/${turn}`
  const known = world.rules.recall(world.outcomes, key)
  if (known !== undefined) return known
  const outcome = workflow.kind === 'run' ? runTurn(world, workflow, event) : conversationTurn(world, workflow)
  world.outcomes.set(key, outcome)
  return outcome
}

/** Marks a message as taken; whoever takes it a second time has broken the first law. */
export function consumeNext(world: World, conversation: Conversation): boolean {
  const { mailbox } = conversation
  const message = world.inbound.find(
    ({ conversationId, seq }) => conversationId === conversation.id && seq === mailbox.handledSeq + 1,
  )
  if (message === undefined) return false
  conversation.mailbox = world.rules.consume(mailbox, mailbox.handledSeq + 1)
  message.consumedCount += 1
  if (message.consumedCount > 1) complain(world, `message ${message.id} was consumed twice`)
  return conversation.mailbox.handledSeq > mailbox.handledSeq
}

function dueOutbound(world: World, conversation: Conversation): number[] {
  const isDue = (row: Outbound) =>
    row.state === 'queued' ||
    (row.state === 'sending' && row.sendingAt! < world.nowMs - FENCE_MS) ||
    (row.state === 'unknown' && (row.notBefore ?? Infinity) <= world.nowMs && row.attempt < 2)
  return world.outbound
    .filter((row) => row.conversationId === conversation.id && isDue(row))
    .sort((one, other) => one.seq - other.seq)
    .map(({ id }) => id)
}

function conversationTurn(world: World, workflow: Workflow): Outcome {
  const conversation = conversationOf(world, Number(workflow.id.slice(2)))
  const before = conversation.mailbox
  const orphan = before.owner.kind === 'run' ? { runId: before.owner.id, epoch: before.epoch } : null
  if (orphan === null) takeForNobody(world, conversation)
  grantToWaiter(world, conversation)
  const isBusy = world.runs.some((run) => run.conversationId === conversation.id && isOpen(run))
  const idleAt = conversation.lastMessageAt + IDLE_MS
  if (!isBusy && world.rules.mayCloseIdle(conversation.mailbox) && world.nowMs >= idleAt) {
    apply(world, conversation, { ...world.rules.close(conversation.mailbox), ring: false })
  }
  const { mailbox } = conversation
  return {
    ...NOTHING,
    over: orphan === null && mailbox.state === 'closed',
    sends: orphan === null ? dueOutbound(world, conversation) : [],
    wakeAt: mailbox.state === 'closed' ? null : Math.max(idleAt, world.nowMs + 1),
    more: mailbox.owner.kind !== 'run' && mailbox.lastSeq > mailbox.handledSeq,
    inspect: orphan,
  }
}

const isOpen = (run: Run): boolean => run.state === 'starting' || run.state === 'open' || run.state === 'parked'

function takeForNobody(world: World, conversation: Conversation): void {
  const { mailbox } = conversation
  if (mailbox.lastSeq === mailbox.handledSeq) return
  if (mailbox.owner.kind === 'user' || mailbox.needsPeople || mailbox.state === 'closed') {
    while (consumeNext(world, conversation));
    return
  }
  for (;;) {
    const next = world.inbound.find(
      ({ conversationId, seq }) => conversationId === conversation.id && seq === conversation.mailbox.handledSeq + 1,
    )
    if (next === undefined) break
    if (!consumeNext(world, conversation)) return
    if (next.starts !== null) {
      startRun(world, { conversation, id: `r/${next.id}`, script: next.starts })
      return
    }
  }
  apply(world, conversation, { ...world.rules.callPeople(conversation.mailbox), ring: false })
}

/** The same cause starts once. The floor is given in the same transaction, if it is free. */
export function startRun(
  world: World,
  { conversation, id, script }: { conversation: Conversation; id: string; script: Run['script'] },
): void {
  if (runOf(world, id) !== undefined) return
  world.runs.push({
    id,
    conversationId: conversation.id,
    state: 'starting',
    posture: 'working',
    waitId: 0,
    wakeAt: null,
    hasFloor: false,
    resume: false,
    wantsFloorSince: null,
    rings: 1,
    rung: 0,
    script,
    next: 0,
  })
  if (world.rules.floorIsFree(conversation.mailbox)) {
    apply(world, conversation, world.rules.grantFloor(conversation.mailbox, id))
  }
}

export function grantToWaiter(world: World, conversation: Conversation): void {
  if (!world.rules.floorIsFree(conversation.mailbox)) return
  const [waiter] = world.runs
    .filter((run) => run.conversationId === conversation.id && run.state === 'open' && run.wantsFloorSince !== null)
    .sort((one, other) => one.wantsFloorSince! - other.wantsFloorSince!)
  if (waiter === undefined) return
  waiter.wantsFloorSince = null
  apply(world, conversation, world.rules.grantFloor(conversation.mailbox, waiter.id))
}

type Turn = { world: World; run: Run; conversation: Conversation; event: Event; ring: boolean; written: Outbound[] }
const owns = ({ run, conversation: { mailbox } }: Turn): boolean =>
  mailbox.owner.kind === 'run' && mailbox.owner.id === run.id

function runTurn(world: World, workflow: Workflow, event: Event): Outcome {
  const run = runOf(world, workflow.id)!
  const conversation = conversationOf(world, run.conversationId)
  if (!isOpen(run)) return { ...NOTHING, over: true, sends: dueOutbound(world, conversation) }
  const turn: Turn = { world, run, conversation, event, ring: false, written: [] }
  const epochBefore = conversation.mailbox.epoch
  if (event.kind === 'cancel') cancel(turn)
  else if (run.state === 'parked') run.hasFloor = false
  else advance(turn)
  const place = turn.conversation
  // With the epoch after the commit, so that a farewell is not cut by the change it comes with.
  for (const row of turn.written) row.epoch = place.mailbox.epoch
  if (place.mailbox.epoch !== epochBefore) grantToWaiter(world, place)
  if (turn.ring) ringBell(world, place)
  run.resume = false
  run.rung = run.rings
  const isOver = run.posture === 'ended'
  return {
    over: isOver,
    sends: dueOutbound(world, place),
    wakeAt: run.state === 'parked' ? null : run.wakeAt,
    more: !isOver && run.posture === 'asking' && owns(turn) && place.mailbox.lastSeq > place.mailbox.handledSeq,
    calls: run.posture === 'calling' && run.state !== 'parked',
    inspect: null,
  }
}

function cancel(turn: Turn): void {
  const { world, conversation, run } = turn
  apply(world, conversation, world.rules.giveUp(conversation.mailbox, run.id))
  finish(turn, 'closed')
}

function finish(turn: Turn, state: 'closed' | 'failed'): void {
  const { run } = turn
  run.posture = 'ended'
  run.hasFloor = false
  endRun(run, state)
}

function advance(turn: Turn): void {
  const { world, run, event } = turn
  const standing = run.waitId
  if (run.posture === 'working') {
    run.state = 'open'
    run.hasFloor = owns(turn)
    proceed(turn)
  } else if (run.resume) resume(turn)
  else if (owns(turn) && !run.hasFloor) resume(turn)
  else if (!owns(turn) && run.hasFloor) run.hasFloor = false
  hear(turn)
  if (run.waitId === standing && run.posture === 'asking') promptNews(turn)
  const isDue = run.wakeAt !== null && run.wakeAt <= world.nowMs
  if (run.waitId === standing && run.posture === 'delaying' && isDue) goOn(turn)
  if (run.waitId === standing && run.posture === 'calling' && (event.kind === 'call' || isDue)) goOn(turn)
  hear(turn)
}

function resume(turn: Turn): void {
  const { run } = turn
  if (run.posture === 'ended') return
  if (run.posture === 'waiting_floor') {
    run.hasFloor = true
    ask(turn)
  } else if (run.posture === 'delaying' && run.wakeAt! - turn.world.nowMs > PAUSE_MS) giveBack(turn)
  else {
    run.hasFloor = true
    if (run.posture === 'asking') ask(turn)
  }
}

function promptNews(turn: Turn): void {
  const { world, run } = turn
  const prompt = world.outbound.find((row) => row.runId === run.id && row.promptWaitId === run.waitId)
  if (prompt === undefined || !['failed', 'suppressed', 'superseded'].includes(prompt.state)) return
  callPeople(turn)
  finish(turn, 'failed')
}

/** Takes what waits, in order, as long as the run asks. */
function hear(turn: Turn): void {
  const { run } = turn
  claimFloor(turn)
  while (run.posture === 'asking' && run.hasFloor) {
    if (!owns(turn)) complain(turn.world, `run ${run.id} listens without the floor`)
    if (!consumeNext(turn.world, turn.conversation)) return
    goOn(turn)
    claimFloor(turn)
  }
}

function claimFloor(turn: Turn): void {
  const { world, run, conversation } = turn
  if (run.posture !== 'waiting_floor' || !world.rules.floorIsFree(conversation.mailbox)) return
  conversation.mailbox = world.rules.grantFloor(conversation.mailbox, run.id).mailbox
  run.hasFloor = true
  run.wantsFloorSince = null
  ask(turn)
}

function goOn(turn: Turn): void {
  turn.run.posture = 'working'
  turn.run.wakeAt = null
  proceed(turn)
}

function proceed(turn: Turn): void {
  const { world, run } = turn
  while (run.posture === 'working') {
    const step = run.script[run.next]
    run.next += 1
    if (step === undefined) {
      releaseFloor(turn)
      finish(turn, 'closed')
      return
    }
    if (step === 'say') write(turn, null)
    else if (step === 'ask') beginAsk(turn)
    else if (step === 'hand_over') {
      callPeople(turn)
      finish(turn, 'closed')
    } else {
      run.waitId += 1
      run.posture = step === 'call' ? 'calling' : 'delaying'
      run.wakeAt = world.nowMs + (step === 'delay' ? DELAY_MS : PAUSE_MS)
      if (step === 'delay') giveBack(turn)
    }
  }
}

function giveBack(turn: Turn): void {
  turn.run.hasFloor = false
  releaseFloor(turn)
}

function releaseFloor(turn: Turn): void {
  const change = turn.world.rules.releaseFloor(turn.conversation.mailbox, turn.run.id)
  turn.conversation.mailbox = change.mailbox
  turn.ring ||= change.ring
}

function callPeople(turn: Turn): void {
  openPlace(turn)
  const { world, conversation, run } = turn
  apply(world, conversation, { ...world.rules.callPeople(conversation.mailbox, run.id), ring: false })
  turn.ring = true
}

function beginAsk(turn: Turn): void {
  const { world, run } = turn
  openPlace(turn)
  if (run.hasFloor) {
    ask(turn)
    return
  }
  run.waitId += 1
  run.posture = 'waiting_floor'
  run.wantsFloorSince = world.nowMs
}

function ask(turn: Turn): void {
  const { run } = turn
  run.waitId += 1
  run.posture = 'asking'
  write(turn, run.waitId)
  if (!owns(turn)) complain(turn.world, `run ${run.id} asks without the floor`)
}

/** A run that wakes in a closed conversation speaks in the open one, or opens its own again. */
function openPlace(turn: Turn): void {
  const { world, run } = turn
  if (turn.conversation.mailbox.state !== 'closed') return
  turn.ring = true
  const open = openConversation(world)
  if (open === undefined) {
    gatherHeld(world, turn.conversation)
    apply(world, turn.conversation, world.rules.reopen(turn.conversation.mailbox, false))
  } else {
    turn.conversation = open
    run.conversationId = open.id
  }
}

function write(turn: Turn, promptWaitId: number | null): void {
  openPlace(turn)
  const { world, run, conversation } = turn
  turn.written.push(writeOutbound(world, conversation, { automated: true, runId: run.id, promptWaitId }))
}

export function writeOutbound(
  world: World,
  conversation: Conversation,
  given: Pick<Outbound, 'automated' | 'runId' | 'promptWaitId'>,
): Outbound {
  conversation.outboundSeq += 1
  const row: Outbound = {
    ...given,
    id: freshId(world),
    conversationId: conversation.id,
    seq: conversation.outboundSeq,
    messageClass: 'reply',
    epoch: conversation.mailbox.epoch,
    state: 'queued',
    attempt: 0,
    sendingAt: null,
    notBefore: null,
    fence: null,
    possibleDuplicate: false,
    acceptedCount: 0,
    forbidden: false,
  }
  world.outbound.push(row)
  return row
}
