import { compareRuns, PEOPLE, startFromOutside, stepBells, stepRuns, sweepHeld, sweepLost, takeIn } from './house.ts'
import { crashWorkers, reportStatus, stepWorkflow, stepZombie } from './workers.ts'
import { createWorld, type ProviderMood, RULES, type Rules, type Script, type World } from './world.ts'

type Act = (world: World, pick: number) => void

const SCRIPTS: readonly Script[] = [
  ['ask', 'say'],
  ['say', 'ask', 'call', 'ask', 'say'],
  ['ask', 'delay', 'ask'],
  ['say', 'hand_over'],
  ['call', 'ask', 'hand_over'],
  ['pause', 'ask', 'ask', 'ask'],
  ['delay', 'say', 'delay', 'ask', 'say'],
]
const MOODS: readonly ProviderMood[] = ['well', 'loses_answer', 'well', 'loses_request', 'well', 'throttles']
const { takeOver, handBack, reply } = PEOPLE
/** People talk more than they close. */
const VERBS = [...Object.values(PEOPLE), takeOver, takeOver, handBack, handBack, handBack, reply]

type Deck = readonly { weight: number; act: Act }[]
const unfold = (deck: Deck): Act[] => deck.flatMap(({ weight, act }) => Array.from({ length: weight }, () => act))

/** What happens on good days; `pick` chooses among those it may happen to. */
const ORDINARY: Deck = [
  { weight: 12, act: workOn },
  { weight: 5, act: (world, pick) => takeIn(world, pick % 3 === 0 ? null : SCRIPTS[pick % SCRIPTS.length]!) },
  { weight: 14, act: (world, pick) => stepBells(world, world.dispatchers[pick % 2]!) },
  { weight: 8, act: (world, pick) => stepRuns(world, world.dispatchers[pick % 2]!) },
  { weight: 30, act: stepOne },
  { weight: 5, act: (world, pick) => passTime(world, [200, 2_000, 12_000, 50_000, 130_000, 700_000][pick % 6]!) },
  { weight: 4, act: (world, pick) => people(world, pick) },
  { weight: 2, act: (world, pick) => startFromOutside(world, SCRIPTS[pick % SCRIPTS.length]!) },
  { weight: 2, act: (world, pick) => loseMemory(world, pick) },
  { weight: 3, act: failTask },
  { weight: 1, act: (world, pick) => changeMood(world, pick % 4 === 0 ? 'throttles' : 'well') },
  { weight: 5, act: report },
  { weight: 2, act: switchTemporal },
]

/** What also happens. */
const ACCIDENTS: Deck = [
  { weight: 1, act: writeMuch },
  { weight: 2, act: (world, pick) => crashWorkers(world, pick % 2 === 0) },
  { weight: 2, act: endOne },
  { weight: 3, act: sweep },
  { weight: 1, act: compareRuns },
  { weight: 3, act: (world, pick) => changeMood(world, MOODS[pick % MOODS.length]!) },
  { weight: 3, act: continueZombie },
]

/** What a story is made of: with accidents the sweeper has work, without them nothing may need it. */
export const DECKS = {
  ordinary: unfold(ORDINARY),
  rough: unfold([...ORDINARY, ...ACCIDENTS]),
} as const
export type DeckName = keyof typeof DECKS

function sweep(world: World): void {
  sweepLost(world)
  sweepHeld(world)
}

function changeMood(world: World, mood: ProviderMood): void {
  world.provider = mood
}

function switchTemporal(world: World, pick: number): void {
  world.temporalIsUp = pick % 3 !== 0
}

/** Everybody does a few things, in order: without this no story comes far, and with it alone nothing would cross. */
function workOn(world: World, pick: number): void {
  for (let step = 0; step <= pick % 5; step += 1) workAll(world)
}

function workAll(world: World): void {
  for (const dispatcher of world.dispatchers) {
    stepBells(world, dispatcher)
    stepRuns(world, dispatcher)
  }
  for (const workflow of [...world.workflows]) for (let n = 0; n < 4; n += 1) stepWorkflow(world, workflow)
}

/** A workflow task fails, because a signal came in between: what was decided in it is asked again. */
function failTask(world: World, pick: number): void {
  const [id, hand] = [...world.inHand][pick % Math.max(1, world.inHand.size)] ?? []
  if (id !== undefined && hand?.kind !== 'send') world.inHand.delete(id)
}

function stepOne(world: World, pick: number): void {
  const running = world.workflows.filter(({ status }) => status === 'running')
  const workflow = running[pick % Math.max(1, running.length)]
  if (workflow !== undefined) stepWorkflow(world, workflow)
}

function writeMuch(world: World, pick: number): void {
  for (let n = 0; n < 12; n += 1) takeIn(world, n === pick % 12 ? SCRIPTS[0]! : null)
}

function passTime(world: World, ms: number): void {
  world.nowMs += ms
}

function people(world: World, pick: number): void {
  const conversation = world.conversations[(pick >> 4) % Math.max(1, world.conversations.length)]
  if (conversation !== undefined) VERBS[pick % VERBS.length]!(world, conversation)
}

/** A dispatcher dies with what it has claimed; its lease runs out. */
function loseMemory(world: World, pick: number): void {
  const dispatcher = world.dispatchers[pick % 2]!
  dispatcher.bell = null
  dispatcher.run = null
}

/** Somebody in the Temporal UI terminates or cancels a workflow. */
function endOne(world: World, pick: number): void {
  const running = world.workflows.filter(({ status }) => status === 'running')
  const workflow = running[(pick >> 1) % Math.max(1, running.length)]
  if (workflow === undefined) return
  const hand = world.inHand.get(workflow.id)
  // What its worker was sending goes on all the same, unless the worker has died as well.
  if (hand?.kind === 'send' && pick % 3 !== 0) world.zombies.push(hand)
  world.inHand.delete(workflow.id)
  if (pick % 2 === 0 || workflow.kind === 'conversation') workflow.status = 'over'
  else workflow.phase = { kind: 'turn', event: { kind: 'cancel' } }
}

/** A report may come late, twice, or out of order. */
function report(world: World, pick: number): void {
  const status = world.statuses[(pick >> 2) % Math.max(1, world.statuses.length)]
  if (status !== undefined) reportStatus(world, status, pick % 2 === 0 ? 'sent' : 'delivered')
}

function continueZombie(world: World, pick: number): void {
  const zombie = world.zombies.splice(pick % Math.max(1, world.zombies.length), 1)[0]
  if (zombie !== undefined) stepZombie(world, zombie)
}

/** Faults stop; everything that is at work works on; and in the end nothing may be left lying. */
function calmDown(world: World, sweeps: boolean): void {
  world.temporalIsUp = true
  world.provider = 'well'
  while (world.zombies.length > 0) continueZombie(world, 0)
  for (let round = 0; round < 200; round += 1) {
    for (let step = 0; step < 6; step += 1) workAll(world)
    for (const status of world.statuses) reportStatus(world, status, 'delivered')
    if (sweeps && round % 40 === 0) compareRuns(world)
    if (sweeps) sweepLost(world)
    sweepHeld(world)
    passTime(world, 12_000)
  }
}

function leftovers(world: World): string[] {
  const left: string[] = []
  for (const { id, mailbox, bell } of world.conversations) {
    if (mailbox.handledSeq !== mailbox.lastSeq) left.push(`conversation ${id}: ${JSON.stringify(mailbox)}`)
    if (bell.rung !== bell.version) left.push(`bell of ${id} is not rung`)
    const { owner } = mailbox
    const isAtWork = owner.kind !== 'run' || world.runs.find((run) => run.id === owner.id)?.state === 'open'
    if (!isAtWork) left.push(`${id} belongs to a run that is not at work`)
  }
  for (const message of world.inbound) {
    if (message.consumedCount !== 1) left.push(`message ${message.id} was consumed ${message.consumedCount} times`)
  }
  for (const row of world.outbound) {
    if (['queued', 'sending'].includes(row.state)) left.push(`row ${row.id} is ${row.state}`)
    if (row.state === 'unknown' && row.notBefore !== null && row.attempt < 2) left.push(`row ${row.id} is unknown`)
    if (row.state === 'accepted' && row.acceptedCount === 0) left.push(`row ${row.id} is accepted by nobody`)
  }
  for (const run of world.runs) {
    if (run.state === 'starting') left.push(`run ${run.id} never started`)
    const isAlive = world.workflows.some(({ id, status }) => id === run.id && status === 'running')
    if (run.state === 'open' && !isAlive) left.push(`run ${run.id} is open without a workflow`)
    if (run.state === 'open' && run.posture !== 'asking' && run.posture !== 'waiting_floor') {
      left.push(`run ${run.id} is ${run.posture}`)
    }
    const conversation = world.conversations.find(({ id }) => id === run.conversationId)!
    const { owner } = conversation.mailbox
    const listens = owner.kind === 'run' && owner.id === run.id
    if (run.state === 'open' && run.posture === 'asking' && !listens) left.push(`run ${run.id} asks and hears nothing`)
    const isFree = run.state === 'open' && run.posture === 'waiting_floor' && RULES.floorIsFree(conversation.mailbox)
    if (isFree) left.push(`run ${run.id} waits for a floor that is free`)
  }
  return left
}

function disorder(world: World): string[] {
  return world.conversations.flatMap(({ id }) => {
    const placed = world.inbound
      .filter((message) => message.conversationId === id && message.seq !== null)
      .sort((one, other) => one.seq! - other.seq!)
    const isSorted = placed.every((message, index) => index === 0 || placed[index - 1]!.id < message.id)
    return isSorted ? [] : [`messages of ${id} are out of order: ${placed.map((message) => message.id)}`]
  })
}

/** Plays a story under the given rules. @returns everything that should not be, which should be nothing. */
export function play(rules: Rules, deck: DeckName, steps: readonly (readonly [number, number])[]): string[] {
  const world = createWorld(rules)
  takeIn(world, SCRIPTS[steps.length % SCRIPTS.length]!)
  for (const [act, pick] of steps) DECKS[deck][act]!(world, pick)
  calmDown(world, deck === 'rough')
  return [...world.broken, ...leftovers(world), ...disorder(world)]
}
