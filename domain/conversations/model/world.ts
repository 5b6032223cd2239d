import type { OutboundState } from '../../messages/schema.ts'
import { decideSend } from '../../messages/sendable.ts'
import { advanceState } from '../../messages/status-lattice.ts'
import { type Bucket, countConversation, countMessage } from '../inbound-limits.ts'
import type { Change, Mailbox } from '../mailbox.ts'
import * as mailbox from '../mailbox.ts'

/**
 * A small world that obeys the rules: rows as the stores keep them, workflows as Temporal keeps them, and processes that
 * hold things in memory and lose them. Every step is one transaction or one call; whatever happens between two steps is
 * up to the test. The rules are a part of the world, so that a test can break one and see that somebody notices.
 */
export const RULES = {
  ...mailbox,
  countMessage,
  countConversation,
  decideSend,
  advanceState,
  /** What a bell was rung for is done; a cause that was added meanwhile is not. */
  markRung: (bell: Bell, version: number): number => Math.max(bell.rung, version),
  /** A turn that is taken again answers what it decided the first time. */
  recall: (outcomes: ReadonlyMap<string, Outcome>, key: string): Outcome | undefined => outcomes.get(key),
  /** Ownership is taken back only if it is the one from before the look. */
  mayTakeBack: (now: Mailbox, epochBefore: number): boolean => now.epoch === epochBefore,
  /** A send that waited for the message before it looks after that one, because nobody else may. */
  helpsAlong: (isPatientNoMore: boolean): boolean => isPatientNoMore,
  /** A send writes its outcome only while the claim is still its own. */
  isMine: (row: Outbound, fence: number): boolean => row.fence === fence,
}
export type Rules = typeof RULES

export type Bell = { version: number; rung: number; dueAt: number; token: number | null; leaseUntil: number }
export type Conversation = {
  id: number
  mailbox: Mailbox
  bell: Bell
  outboundSeq: number
  lastMessageAt: number
}
export type Inbound = {
  id: number
  conversationId: number
  seq: number | null
  heldUntil: number | null
  /** What a message starts when nobody has the floor: a flow of these steps, or nothing. */
  starts: Script | null
  consumedCount: number
}
export type Step = 'say' | 'ask' | 'pause' | 'delay' | 'call' | 'hand_over'
export type Script = readonly Step[]
export type Posture = 'working' | 'asking' | 'calling' | 'delaying' | 'waiting_floor' | 'ended'
export type Run = {
  id: string
  conversationId: number
  state: 'starting' | 'open' | 'parked' | 'closed' | 'failed'
  posture: Posture
  waitId: number
  wakeAt: number | null
  hasFloor: boolean
  resume: boolean
  wantsFloorSince: number | null
  rings: number
  rung: number
  script: Script
  next: number
}
export type Outbound = {
  id: number
  conversationId: number
  seq: number
  automated: boolean
  messageClass: 'reply' | 'campaign'
  epoch: number
  state: OutboundState
  attempt: number
  sendingAt: number | null
  notBefore: number | null
  fence: number | null
  possibleDuplicate: boolean
  runId: string | null
  promptWaitId: number | null
  /** How often the provider took it: the account that is kept apart from ours. */
  acceptedCount: number
  /** Written before a person's cut and not yet leaving at that moment, by the world's own account. */
  forbidden: boolean
}

export type Event = { kind: 'look' } | { kind: 'timer' } | { kind: 'call' } | { kind: 'prompt' } | { kind: 'cancel' }
export type Outcome = {
  over: boolean
  sends: number[]
  wakeAt: number | null
  more: boolean
  calls: boolean
  inspect: { runId: string; epoch: number } | null
}
export type Phase =
  | { kind: 'rest'; wakeAt: number | null }
  | { kind: 'turn'; event: Event }
  | { kind: 'act'; outcome: Outcome; sent: number; attempt: number; promptRefused: boolean }
export type Workflow = {
  id: string
  kind: 'conversation' | 'run'
  status: 'running' | 'over'
  rung: boolean
  firstRun: number
  turn: number
  phase: Phase
}
/** What a worker holds in memory for a workflow: gone when it dies. */
export type InHand =
  | { kind: 'outcome'; outcome: Outcome }
  | { kind: 'send'; rowId: number; fence: number; claimedAt: number; result: PostResult | null }
  | { kind: 'looked'; gone: boolean }
export type PostResult = 'accepted' | 'not_sent' | 'unknown'
export type ProviderMood = 'well' | 'loses_answer' | 'loses_request' | 'throttles'
/** What a dispatcher holds in memory. */
export type Dispatcher = {
  bell: { conversationId: number; version: number; ownerRunId: string | null; isRung: boolean } | null
  run: { runId: string; rings: number; isRung: boolean } | null
}

export type World = {
  rules: Rules
  nowMs: number
  nextId: number
  conversations: Conversation[]
  inbound: Inbound[]
  runs: Run[]
  outbound: Outbound[]
  buckets: { message: Bucket | undefined; conversation: Bucket | undefined }
  workflows: Workflow[]
  outcomes: Map<string, Outcome>
  dispatchers: Dispatcher[]
  inHand: Map<string, InHand>
  /** Sends of workers that stood still and were given up: they may go on at any time. */
  zombies: Extract<InHand, { kind: 'send' }>[]
  temporalIsUp: boolean
  provider: ProviderMood
  /** Reports that the provider has yet to make. */
  statuses: { rowId: number; attempt: number }[]
  broken: string[]
}

export const createWorld = (rules: Rules): World => ({
  rules,
  nowMs: 1_000_000,
  nextId: 1,
  conversations: [],
  inbound: [],
  runs: [],
  outbound: [],
  buckets: { message: undefined, conversation: undefined },
  workflows: [],
  outcomes: new Map(),
  dispatchers: [
    { bell: null, run: null },
    { bell: null, run: null },
  ],
  inHand: new Map(),
  zombies: [],
  temporalIsUp: true,
  provider: 'well',
  statuses: [],
  broken: [],
})

export function freshId(world: World): number {
  world.nextId += 1
  return world.nextId
}

/** Something that must never be was seen. */
export function complain(world: World, what: string): void {
  world.broken.push(what)
}

export const openConversation = (world: World): Conversation | undefined =>
  world.conversations.find(({ mailbox: { state } }) => state !== 'closed')

export const conversationOf = (world: World, id: number): Conversation =>
  world.conversations.find((conversation) => conversation.id === id)!

export const runOf = (world: World, id: string): Run | undefined => world.runs.find((run) => run.id === id)

export function ringBell(world: World, conversation: Conversation): void {
  conversation.bell.version += 1
  conversation.bell.dueAt = Math.min(conversation.bell.dueAt, world.nowMs)
}

/** Carries out a change of the rules as the stores do: the row, the cut, the run that had the floor, the bell. */
export function apply(world: World, conversation: Conversation, change: Change): void {
  conversation.mailbox = change.mailbox
  if (change.cut) {
    for (const row of world.outbound) {
      const isOlder = row.conversationId === conversation.id && world.rules.isCut(change.mailbox, row)
      if (row.state === 'queued' && isOlder) row.state = 'superseded'
    }
  }
  if (change.run !== undefined) changeRun(world, change.run.id, change.run.becomes)
  if (change.ring) ringBell(world, conversation)
}

function changeRun(world: World, runId: string, becomes: 'parked' | 'open' | 'closed'): void {
  const run = runOf(world, runId)
  if (run === undefined) return
  const isAlive = run.state === 'starting' || run.state === 'open' || run.state === 'parked'
  if (becomes === 'open' && run.state === 'parked') {
    run.resume = true
    run.state = run.posture === 'working' ? 'starting' : 'open'
    if (run.state === 'starting') run.rings += 1
  } else if (becomes === 'parked' && isAlive) run.state = 'parked'
  else if (becomes === 'closed' && isAlive) endRun(run, 'closed')
}

export function endRun(run: Run, state: 'closed' | 'failed'): void {
  run.state = state
  run.wakeAt = null
  run.wantsFloorSince = null
  run.rings += 1
}

/** By the world's own account: from now on nothing automated may leave that was written before and has not begun to. */
export function forbidWhatIsQueued(world: World, conversation: Conversation): void {
  for (const row of world.outbound) {
    if (row.conversationId !== conversation.id || !row.automated) continue
    if (row.state === 'queued' || row.state === 'unknown') row.forbidden = true
  }
}

/** A conversation opens: what is held elsewhere goes along, so that nothing overtakes it. */
export function gatherHeld(world: World, to: Conversation): void {
  for (const message of world.inbound) if (message.heldUntil !== null) message.conversationId = to.id
}
