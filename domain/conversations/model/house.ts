import { FENCE_MS } from '../../messages/sendable.ts'
import { startRun, writeOutbound } from './turns.ts'
import { failRun, look, signal, signalWithStart } from './workers.ts'
import {
  apply,
  type Conversation,
  conversationOf,
  type Dispatcher,
  endRun,
  forbidWhatIsQueued,
  freshId,
  gatherHeld,
  openConversation,
  ringBell,
  runOf,
  type Script,
  type World,
} from './world.ts'

const LEASE_MS = 15_000
const PATIENCE_MS = 30_000

const latest = (world: World): Conversation | undefined => world.conversations.at(-1)

function createConversation(world: World): Conversation {
  const conversation: Conversation = {
    id: freshId(world),
    mailbox: world.rules.freshMailbox(),
    bell: { version: 0, rung: 0, dueAt: 0, token: null, leaseUntil: 0 },
    outboundSeq: 0,
    lastMessageAt: world.nowMs,
  }
  world.conversations.push(conversation)
  gatherHeld(world, conversation)
  return conversation
}

const heldIn = (world: World, conversation: Conversation) =>
  world.inbound.filter((message) => message.conversationId === conversation.id && message.heldUntil !== null)

function place(world: World, conversation: Conversation, message: World['inbound'][number]): void {
  const change = world.rules.receive(conversation.mailbox)
  Object.assign(message, { conversationId: conversation.id, seq: change.seq, heldUntil: null })
  apply(world, conversation, change)
}

/** The contact writes: one transaction gives the message its place, or holds it. */
export function takeIn(world: World, starts: Script | null): void {
  const { rules, nowMs } = world
  let conversation = openConversation(world)
  let holdUntil: number | null = null
  if (conversation === undefined) {
    const verdict = rules.countConversation(world.buckets.conversation, nowMs)
    world.buckets.conversation = verdict.bucket
    if (verdict.kind === 'hold') holdUntil = verdict.untilMs
    conversation = verdict.kind === 'hold' ? latest(world)! : createConversation(world)
  }
  if (holdUntil === null) {
    const verdict = rules.countMessage(world.buckets.message, nowMs)
    world.buckets.message = verdict.bucket
    if (verdict.kind === 'hold') holdUntil = verdict.untilMs
  }
  const message = { id: freshId(world), conversationId: conversation.id, seq: null, starts, consumedCount: 0 }
  conversation.lastMessageAt = nowMs
  if (holdUntil !== null) {
    world.inbound.push({ ...message, heldUntil: holdUntil })
    return
  }
  for (const held of heldIn(world, conversation)) place(world, conversation, held)
  world.inbound.push({ ...message, heldUntil: null })
  place(world, conversation, world.inbound.at(-1)!)
}

/** Held messages get their places: when their time has come, or at once when a supervisor says so. */
export function releaseHeld(world: World, from: Conversation, dueOnly: boolean): void {
  const held = heldIn(world, from)
  if (held.length === 0) return
  const isClosed = from.mailbox.state === 'closed'
  const open = isClosed ? openConversation(world) : from
  if (dueOnly) {
    const blockedUntil = world.buckets.message?.blockedUntilMs ?? 0
    let untilMs = blockedUntil > world.nowMs ? blockedUntil : undefined
    if (untilMs === undefined && open === undefined) {
      const verdict = world.rules.countConversation(world.buckets.conversation, world.nowMs)
      world.buckets.conversation = verdict.bucket
      if (verdict.kind === 'hold') untilMs = verdict.untilMs
    }
    if (untilMs !== undefined) {
      for (const message of held) message.heldUntil = untilMs
      return
    }
  } else world.buckets.message = undefined
  const to = open ?? createConversation(world)
  gatherHeld(world, to)
  for (const message of heldIn(world, to)) place(world, to, message)
}

/** A dispatcher's next step with the bell it has: claim, ring, mark. */
export function stepBells(world: World, dispatcher: Dispatcher): void {
  const { bell } = dispatcher
  const token = world.dispatchers.indexOf(dispatcher)
  if (bell === null) {
    const due = world.conversations.find(
      ({ bell: row }) =>
        row.rung < row.version && row.dueAt <= world.nowMs && (row.token === null || row.leaseUntil < world.nowMs),
    )
    if (due === undefined) return
    Object.assign(due.bell, { token, leaseUntil: world.nowMs + LEASE_MS })
    const { owner } = due.mailbox
    const ownerRunId = owner.kind === 'run' ? owner.id : null
    dispatcher.bell = { conversationId: due.id, version: due.bell.version, ownerRunId, isRung: false }
    return
  }
  const conversation = conversationOf(world, bell.conversationId)
  const row = conversation.bell
  if (!bell.isRung) {
    if (!world.temporalIsUp) {
      if (row.token === token) Object.assign(row, { token: null, dueAt: world.nowMs + 1_000 })
      dispatcher.bell = null
      return
    }
    const isStarting = bell.ownerRunId !== null && runOf(world, bell.ownerRunId)?.state === 'starting'
    if (isStarting) signalWithStart(world, bell.ownerRunId!)
    else if (bell.ownerRunId === null || !signal(world, bell.ownerRunId)) {
      signalWithStart(world, `c/${conversation.id}`)
    }
    bell.isRung = true
    return
  }
  if (row.token === token)
    Object.assign(row, { token: null, rung: world.rules.markRung(row, bell.version), dueAt: world.nowMs })
  dispatcher.bell = null
}

/** The same for runs that are rung themselves. */
export function stepRuns(world: World, dispatcher: Dispatcher): void {
  const { run: held } = dispatcher
  if (held === null) {
    const due = world.runs.find((run) => run.rung < run.rings)
    dispatcher.run = due === undefined ? null : { runId: due.id, rings: due.rings, isRung: false }
    return
  }
  const run = runOf(world, held.runId)!
  if (!held.isRung) {
    if (!world.temporalIsUp) {
      dispatcher.run = null
      return
    }
    if (run.state === 'starting') signalWithStart(world, run.id)
    else signal(world, run.id)
    held.isRung = true
    return
  }
  run.rung = Math.max(run.rung, held.rings)
  dispatcher.run = null
}

/** Held messages whose time has come. */
export function sweepHeld(world: World): void {
  for (const conversation of [...world.conversations]) {
    const isDue = heldIn(world, conversation).some((message) => message.heldUntil! <= world.nowMs)
    if (isDue) releaseHeld(world, conversation, true)
  }
}

/** What lies somewhere is rung; what has lost its workflow is mended. Without accidents it finds nothing. */
export function sweepLost(world: World): void {
  const longAgo = world.nowMs - PATIENCE_MS
  for (const conversation of world.conversations) {
    const { bell } = conversation
    if (isStranded(world, conversation, longAgo) && bell.rung >= bell.version) ringBell(world, conversation)
  }
  for (const run of world.runs) if (run.state === 'starting' && run.rung >= run.rings) run.rung = run.rings - 1
  if (!world.temporalIsUp) return
  for (const run of world.runs) {
    const isOverdue = run.state === 'open' && run.wakeAt !== null && run.wakeAt < longAgo
    if (isOverdue && look(world, run.id)) failRun(world, run.id)
  }
}

function isStranded(world: World, { id, mailbox, lastMessageAt }: Conversation, longAgo: number): boolean {
  if (mailbox.handledSeq < mailbox.lastSeq && lastMessageAt < longAgo) return true
  const lies = (row: World['outbound'][number]) =>
    (row.state === 'queued' && (row.notBefore ?? 0) <= world.nowMs) ||
    (row.state === 'sending' && row.sendingAt! < longAgo - FENCE_MS) ||
    (row.state === 'unknown' && (row.notBefore ?? Infinity) <= world.nowMs && row.attempt < 2)
  if (world.outbound.some((row) => row.conversationId === id && lies(row))) return true
  const isWaiting = world.runs.some(
    (run) => run.conversationId === id && run.state === 'open' && run.posture === 'waiting_floor',
  )
  return isWaiting && world.rules.floorIsFree(mailbox)
}

/** Hourly: what the rows call open is compared with what Temporal runs. */
export function compareRuns(world: World): void {
  if (!world.temporalIsUp) return
  for (const run of world.runs) {
    if ((run.state === 'open' || run.state === 'parked') && look(world, run.id)) failRun(world, run.id)
  }
}

export const PEOPLE = {
  takeOver(world: World, conversation: Conversation): void {
    if (conversation.mailbox.state === 'closed' || conversation.mailbox.owner.kind === 'user') return
    apply(world, conversation, world.rules.takeOver(conversation.mailbox, 'agent'))
    forbidWhatIsQueued(world, conversation)
  },
  handBack(world: World, conversation: Conversation): void {
    if (conversation.mailbox.state === 'closed') return
    const parked = world.runs.findLast((run) => run.conversationId === conversation.id && run.state === 'parked')
    apply(world, conversation, world.rules.handBack(conversation.mailbox, parked?.id))
  },
  unassign(world: World, conversation: Conversation): void {
    if (conversation.mailbox.state === 'closed') return
    const silences = conversation.mailbox.owner.kind === 'run'
    apply(world, conversation, world.rules.unassign(conversation.mailbox))
    if (silences) forbidWhatIsQueued(world, conversation)
  },
  close(world: World, conversation: Conversation): void {
    if (conversation.mailbox.state === 'closed') return
    for (const run of world.runs) {
      const isHere = run.conversationId === conversation.id && run.state !== 'closed' && run.state !== 'failed'
      if (isHere && run.posture !== 'delaying') endRun(run, 'closed')
    }
    consumeUnseen(world, conversation)
    apply(world, conversation, world.rules.close(conversation.mailbox))
    forbidWhatIsQueued(world, conversation)
  },
  reply(world: World, conversation: Conversation): void {
    if (conversation.mailbox.state === 'closed') return
    writeOutbound(world, conversation, { automated: false, runId: null, promptWaitId: null })
    ringBell(world, conversation)
  },
  release(world: World, conversation: Conversation): void {
    releaseHeld(world, conversation, false)
  },
  cancelRun(world: World, conversation: Conversation): void {
    const run = world.runs.findLast((found) => found.conversationId === conversation.id)
    if (run === undefined || run.state === 'closed' || run.state === 'failed') return
    endRun(run, 'closed')
    const owned = conversation.mailbox.owner.kind === 'run' && conversation.mailbox.owner.id === run.id
    apply(world, conversation, world.rules.giveUp(conversation.mailbox, run.id))
    if (owned) forbidWhatIsQueued(world, conversation)
  },
} as const satisfies Record<string, (world: World, conversation: Conversation) => void>

/** What nobody has taken counts as seen by the one who closes. */
function consumeUnseen(world: World, conversation: Conversation): void {
  for (const message of world.inbound) {
    const isHere = message.conversationId === conversation.id && message.seq !== null
    if (isHere && message.seq! > conversation.mailbox.handledSeq) message.consumedCount += 1
  }
}

/** Somebody outside asks for a flow, with a cause of its own each time. */
export function startFromOutside(world: World, script: Script): void {
  const conversation = latest(world)
  if (conversation !== undefined) startRun(world, { conversation, id: `r/api${freshId(world)}`, script })
}
