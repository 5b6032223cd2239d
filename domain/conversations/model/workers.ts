import { SETTLE_MS } from '../../messages/sendable.ts'
import { takeTurn } from './turns.ts'
import {
  apply,
  complain,
  conversationOf,
  endRun,
  freshId,
  type InHand,
  type Outbound,
  type Outcome,
  type PostResult,
  runOf,
  type Workflow,
  type World,
} from './world.ts'

type Sending = Extract<InHand, { kind: 'send' }>

/** A process that stood still for longer must not speak any more. */
const LATE_MS = 10_000

export const workflowOf = (world: World, id: string): Workflow | undefined =>
  world.workflows.find((workflow) => workflow.id === id)

/** Starts a workflow, or rings the one that runs. One that is over starts anew, as its first run. */
export function signalWithStart(world: World, id: string): void {
  const known = workflowOf(world, id)
  if (known?.status === 'running') {
    known.rung = true
    return
  }
  world.workflows = world.workflows.filter((workflow) => workflow.id !== id)
  world.workflows.push({
    id,
    kind: id.startsWith('r/') ? 'run' : 'conversation',
    status: 'running',
    rung: false,
    firstRun: freshId(world),
    turn: 0,
    phase: { kind: 'turn', event: { kind: 'look' } },
  })
}

/** @returns false when there is nobody to hear it. */
export function signal(world: World, id: string): boolean {
  const workflow = workflowOf(world, id)
  if (workflow?.status !== 'running') return false
  workflow.rung = true
  return true
}

/** The next thing that a worker does for a workflow: one transaction, one call, or one completed task. */
export function stepWorkflow(world: World, workflow: Workflow): void {
  if (workflow.status !== 'running' || !world.temporalIsUp) return
  const { phase } = workflow
  if (phase.kind === 'rest') {
    const isDue = phase.wakeAt !== null && phase.wakeAt <= world.nowMs
    if (!workflow.rung && !isDue) return
    workflow.phase = { kind: 'turn', event: { kind: workflow.rung ? 'look' : 'timer' } }
    workflow.rung = false
  } else if (phase.kind === 'turn') stepTurn(world, workflow, phase)
  else stepAct(world, workflow, phase)
}

function stepTurn(world: World, workflow: Workflow, phase: Extract<Workflow['phase'], { kind: 'turn' }>): void {
  const hand = world.inHand.get(workflow.id)
  if (hand?.kind !== 'outcome') {
    world.inHand.set(workflow.id, { kind: 'outcome', outcome: takeTurn(world, workflow, phase.event) })
    return
  }
  // The task completes: only from here on does Temporal know what the turn decided.
  world.inHand.delete(workflow.id)
  if (phase.event.kind === 'cancel') {
    workflow.status = 'over'
    return
  }
  workflow.turn += 1
  workflow.phase = { kind: 'act', outcome: hand.outcome, sent: 0, attempt: 1, promptRefused: false }
}

type Acting = Extract<Workflow['phase'], { kind: 'act' }>

function stepAct(world: World, workflow: Workflow, phase: Acting): void {
  const rowId = phase.outcome.sends[phase.sent]
  if (rowId !== undefined) stepSend(world, workflow, { phase, rowId })
  else if (phase.outcome.inspect !== null) stepInspect(world, workflow, { phase, ...phase.outcome.inspect })
  else goOn(workflow, phase)
}

function goOn(workflow: Workflow, { outcome, promptRefused }: Acting): void {
  if (workflow.kind === 'run' && outcome.over) workflow.status = 'over'
  else if (outcome.calls) workflow.phase = { kind: 'turn', event: { kind: 'call' } }
  else if (promptRefused) workflow.phase = { kind: 'turn', event: { kind: 'prompt' } }
  else if (outcome.more || workflow.rung) {
    workflow.phase = { kind: 'turn', event: { kind: 'look' } }
    workflow.rung = false
  } else if (outcome.over) workflow.status = 'over'
  else workflow.phase = { kind: 'rest', wakeAt: outcome.wakeAt }
}

/** The look and the deed are two steps, and much may happen between them. */
function stepInspect(
  world: World,
  workflow: Workflow,
  { phase, runId, epoch }: { phase: Acting; runId: string; epoch: number },
): void {
  const hand = world.inHand.get(workflow.id)
  if (hand?.kind !== 'looked') {
    world.inHand.set(workflow.id, { kind: 'looked', gone: look(world, runId) })
    return
  }
  world.inHand.delete(workflow.id)
  if (hand.gone) failRun(world, runId, epoch)
  workflow.phase = { ...phase, outcome: { ...phase.outcome, inspect: null } }
}

/** What never began is started; what is alive is rung; what was ended is gone. */
export function look(world: World, runId: string): boolean {
  const workflow = workflowOf(world, runId)
  if (workflow !== undefined && workflow.status !== 'running') return true
  signalWithStart(world, runId)
  return false
}

export function failRun(world: World, runId: string, epoch?: number): void {
  const run = runOf(world, runId)
  if (run === undefined) return
  const conversation = conversationOf(world, run.conversationId)
  if (epoch !== undefined && !world.rules.mayTakeBack(conversation.mailbox, epoch)) return
  if (run.state === 'starting' || run.state === 'open' || run.state === 'parked') endRun(run, 'failed')
  apply(world, conversation, world.rules.giveUp(conversation.mailbox, runId))
}

/** How often one waits for the message before, until one looks after it oneself: its workflow may be gone. */
const PATIENT_ATTEMPTS = 4

function stepSend(world: World, workflow: Workflow, { phase, rowId }: { phase: Acting; rowId: number }): void {
  const row = rowOf(world, rowId)
  const hand = world.inHand.get(workflow.id)
  const again = () => {
    world.inHand.delete(workflow.id)
    workflow.phase = { ...phase, attempt: phase.attempt + 1 }
  }
  const done = () => {
    world.inHand.delete(workflow.id)
    const refused = ['failed', 'suppressed', 'superseded'].includes(row.state) && row.promptWaitId !== null
    workflow.phase = { ...phase, sent: phase.sent + 1, attempt: 1, promptRefused: phase.promptRefused || refused }
  }
  if (hand?.kind === 'send') {
    const inHand = rowOf(world, hand.rowId)
    if (hand.result === null) world.inHand.set(workflow.id, { ...hand, result: post(world, inHand, hand) })
    else {
      settle(world, inHand, hand)
      if (hand.result === 'not_sent' || hand.rowId !== rowId) again()
      else done()
    }
    return
  }
  const claim = claimSend(world, row, phase.attempt)
  if (claim === 'done') done()
  else if (claim !== 'later') world.inHand.set(workflow.id, claim)
  else {
    const before = world.rules.helpsAlong(phase.attempt >= PATIENT_ATTEMPTS) ? predecessorOf(world, row) : undefined
    const help = before === undefined ? 'later' : claimSend(world, before, phase.attempt)
    again()
    if (typeof help !== 'string') world.inHand.set(workflow.id, help)
  }
}

const rowOf = (world: World, id: number): Outbound => world.outbound.find((row) => row.id === id)!

const predecessorOf = (world: World, row: Outbound): Outbound | undefined =>
  world.outbound.find(
    (other) =>
      other.conversationId === row.conversationId &&
      other.seq < row.seq &&
      (other.state === 'queued' || other.state === 'sending'),
  )

/** The last look and the claim, in one transaction. */
function claimSend(world: World, row: Outbound, attempt: number): Sending | 'done' | 'later' {
  const { mailbox } = conversationOf(world, row.conversationId)
  const isBehind = predecessorOf(world, row) !== undefined
  const decision = world.rules.decideSend(
    {
      state: row.state,
      kind: 'text',
      messageClass: row.messageClass,
      automated: row.automated,
      epoch: row.epoch,
      cutEpoch: mailbox.cutEpoch,
      attempt: row.attempt,
      sendingAtMs: row.sendingAt,
      notBeforeMs: row.notBefore,
      windowExpiresAtMs: world.nowMs + 86_400_000,
      predecessorPending: isBehind,
      contactBlocked: false,
      contactErased: false,
      suppressed: false,
      consent: null,
      channelConnected: true,
      hasAddress: true,
      beyondQuota: false,
    },
    world.nowMs,
  )
  if (decision.kind === 'later') return decision.reason === 'in_flight' && attempt === 1 ? 'done' : 'later'
  if (decision.kind === 'settled') {
    if (row.state === 'unknown') row.notBefore = null
    return 'done'
  }
  if (decision.kind === 'refuse') {
    row.state = decision.state
    return 'done'
  }
  if (decision.kind === 'lost') {
    row.state = 'unknown'
    row.notBefore = decision.settleByMs
    row.fence = null
    return 'done'
  }
  if (row.forbidden) complain(world, `row ${row.id} was about to leave after a person had cut it`)
  if (decision.attempt === 1 && isBehind) complain(world, `row ${row.id} overtook another`)
  const fence = freshId(world)
  Object.assign(row, { state: 'sending', fence, sendingAt: world.nowMs, attempt: decision.attempt })
  row.possibleDuplicate ||= decision.possibleDuplicate
  return { kind: 'send', rowId: row.id, fence, claimedAt: world.nowMs, result: null }
}

function post(world: World, row: Outbound, { claimedAt }: Sending): PostResult {
  if (world.nowMs - claimedAt > LATE_MS || world.provider === 'throttles') return 'not_sent'
  if (world.provider === 'loses_request') return 'unknown'
  row.acceptedCount += 1
  if (row.acceptedCount > 1 && !row.possibleDuplicate) complain(world, `row ${row.id} went out twice, unflagged`)
  if (row.acceptedCount > 2) complain(world, `row ${row.id} went out three times`)
  world.statuses.push({ rowId: row.id, attempt: row.attempt })
  return world.provider === 'loses_answer' ? 'unknown' : 'accepted'
}

function settle(world: World, row: Outbound, { fence, result }: Sending): void {
  if (!world.rules.isMine(row, fence) || row.state !== 'sending') return
  row.fence = null
  if (result === 'accepted') row.state = 'accepted'
  else if (result === 'unknown') Object.assign(row, { state: 'unknown', notBefore: world.nowMs + SETTLE_MS })
  else Object.assign(row, { state: 'queued', notBefore: world.nowMs + 1_000, attempt: row.attempt - 1 })
}

/** One that stood still goes on where it stopped, although somebody else has its work by now. */
export function stepZombie(world: World, zombie: Sending): void {
  const row = rowOf(world, zombie.rowId)
  if (zombie.result === null) world.zombies.push({ ...zombie, result: post(world, row, zombie) })
  else settle(world, row, zombie)
}

/** The provider reports on a message, at any time after it has it. */
export function reportStatus(world: World, report: { rowId: number }, state: 'sent' | 'delivered'): void {
  const row = rowOf(world, report.rowId)
  const next = world.rules.advanceState(row.state, state)
  if (next === row.state) return
  row.state = next
  row.fence = null
}

/** A worker dies: what it held is gone, and what it did for Temporal is asked of another. */
export function crashWorkers(world: World, survive: boolean): void {
  for (const [id, hand] of world.inHand) {
    const workflow = workflowOf(world, id)
    if (workflow?.phase.kind === 'act') workflow.phase = { ...workflow.phase, attempt: workflow.phase.attempt + 1 }
    if (hand.kind === 'send' && survive) world.zombies.push(hand)
  }
  world.inHand.clear()
}

export type { Outcome }
