/**
 * The protocol of a conversation as pure rules: who may speak, what is handled, what a change of owner does.
 *
 * The stores load a row, apply one of these, and write what comes back, all under the lock of that row; the property
 * test interleaves them with crashes. Nothing here knows Postgres or Temporal.
 */

/** Nobody (then triggers or the queue), a person, or a flow run that has the floor. */
export type Owner = { kind: 'none' } | { kind: 'user'; id: string } | { kind: 'run'; id: string }

export const CONVERSATION_STATES = ['bot', 'queued', 'assigned', 'snoozed', 'closed'] as const
export type ConversationState = (typeof CONVERSATION_STATES)[number]

export type Mailbox = {
  state: ConversationState
  owner: Owner
  /** +1 at each change of owner; what was decided under an older epoch has lost. */
  epoch: number
  /** Automated messages written under an epoch before this one, and not yet leaving, do not leave. */
  cutEpoch: number
  /** The last message that got a place in the order, and the last that somebody has taken. */
  lastSeq: number
  handledSeq: number
  /** People are wanted: triggers keep their hands off until a person hands back or closes. */
  needsPeople: boolean
}

export const NOBODY: Owner = { kind: 'none' }

export const freshMailbox = (): Mailbox => ({
  state: 'bot',
  owner: NOBODY,
  epoch: 0,
  cutEpoch: 0,
  lastSeq: 0,
  handledSeq: 0,
  needsPeople: false,
})

/** What a change asks of the rest of the house. `ring` means: a bell in the same transaction. */
export type Change = {
  mailbox: Mailbox
  ring: boolean
  /** Automated rows below `mailbox.cutEpoch` that are not yet leaving become superseded. */
  cut: boolean
  /** What becomes of the run that had the floor. */
  run?: { id: string; becomes: 'parked' | 'open' | 'closed' }
}

const unhandled = (mailbox: Mailbox): boolean => mailbox.lastSeq > mailbox.handledSeq

/** Every change of owner passes here, so that none forgets the epoch. */
function own(mailbox: Mailbox, owner: Owner, rest: Partial<Mailbox> = {}): Mailbox {
  return { ...mailbox, ...rest, owner, epoch: mailbox.epoch + 1 }
}

/** A message takes the next place in the order. A snoozed conversation wakes. @returns the mailbox and the message's seq. */
export function receive(mailbox: Mailbox): Change & { seq: number } {
  const seq = mailbox.lastSeq + 1
  const state = mailbox.state === 'snoozed' ? restingState(mailbox) : mailbox.state
  return { mailbox: { ...mailbox, lastSeq: seq, state }, ring: true, cut: false, seq }
}

/** The state that a conversation has by its owner alone: what snoozing hides and waking restores. */
export function restingState(mailbox: Pick<Mailbox, 'owner' | 'needsPeople'>): ConversationState {
  if (mailbox.owner.kind === 'user') return 'assigned'
  if (mailbox.owner.kind === 'run') return 'bot'
  return mailbox.needsPeople ? 'queued' : 'bot'
}

/**
 * Somebody has taken every message up to `seq`.
 * @throws RangeError when that would go back, or past what has arrived.
 */
export function consume(mailbox: Mailbox, seq: number): Mailbox {
  if (seq < mailbox.handledSeq || seq > mailbox.lastSeq) {
    throw new RangeError(`seq ${seq} is outside ${mailbox.handledSeq}..${mailbox.lastSeq}`)
  }
  return { ...mailbox, handledSeq: seq }
}

/** A run may have the floor when nobody has it and no person is wanted. */
export const floorIsFree = (mailbox: Mailbox): boolean =>
  mailbox.owner.kind === 'none' && !mailbox.needsPeople && mailbox.state !== 'closed'

/** Gives the floor to a run, at its start or from the waiting line. @throws RangeError when it is not free. */
export function grantFloor(mailbox: Mailbox, runId: string): Change {
  if (!floorIsFree(mailbox)) throw new RangeError('the floor is not free')
  return { mailbox: own(mailbox, { kind: 'run', id: runId }, { state: 'bot' }), ring: true, cut: false }
}

/**
 * A run gives the floor back: it waits, or has ended. Its farewell is written with the epoch after this, so it leaves.
 * The bell is for whoever takes what is unhandled; one who waits for the floor is granted it by the caller.
 */
export function releaseFloor(mailbox: Mailbox, runId: string): Change {
  if (mailbox.owner.kind !== 'run' || mailbox.owner.id !== runId) return { mailbox, ring: false, cut: false }
  return { mailbox: own(mailbox, NOBODY), ring: unhandled(mailbox), cut: false }
}

/**
 * A flow, a trigger or a rule wants people: the conversation goes to the queue. A run that had the floor and did not ask
 * for this itself stands still, and goes on when people hand back.
 */
export function callPeople(mailbox: Mailbox, byRunId?: string): Change {
  const { owner } = mailbox
  if (owner.kind === 'user') return { mailbox, ring: false, cut: false }
  const next = own(mailbox, NOBODY, { needsPeople: true, state: 'queued' })
  if (owner.kind === 'run' && owner.id !== byRunId) return { ...silenced(next, owner.id), ring: true }
  return { mailbox: next, ring: true, cut: false }
}

/** The run that had the floor stands still, and what it has queued does not leave. */
const silenced = (next: Mailbox, runId: string) => ({
  mailbox: { ...next, cutEpoch: next.epoch },
  cut: true,
  run: { id: runId, becomes: 'parked' as const },
})

/**
 * A run falls silent in the middle of a talk: it was cancelled, or its workflow is gone. What it had queued is cut, and
 * people take over. Nothing happens when it does not have the floor. Whoever looked at the workflow first calls this only
 * when the epoch is still the one from before the look.
 */
export function giveUp(mailbox: Mailbox, runId: string): Change {
  if (mailbox.owner.kind !== 'run' || mailbox.owner.id !== runId) return { mailbox, ring: false, cut: false }
  const next = own(mailbox, NOBODY, { needsPeople: true, state: 'queued' })
  return { mailbox: { ...next, cutEpoch: next.epoch }, ring: true, cut: true }
}

/** A person takes the conversation, from the bot, the queue or another person. The run that had the floor is parked. */
export function takeOver(mailbox: Mailbox, userId: string): Change {
  const next = own(mailbox, { kind: 'user', id: userId }, { state: 'assigned', needsPeople: true })
  return {
    mailbox: { ...next, cutEpoch: next.epoch },
    ring: true,
    cut: true,
    ...(mailbox.owner.kind === 'run' ? { run: { id: mailbox.owner.id, becomes: 'parked' as const } } : {}),
  }
}

/** A person puts the conversation into the queue, from a person or from the bot, which falls silent. */
export function unassign(mailbox: Mailbox): Change {
  const { owner } = mailbox
  const next = own(mailbox, NOBODY, { state: 'queued', needsPeople: true })
  const ring = unhandled(mailbox)
  return owner.kind === 'run' ? { ...silenced(next, owner.id), ring } : { mailbox: next, ring, cut: false }
}

/**
 * A person hands back to the bot. A run that was parked goes on by repeating its prompt; else triggers are next. A run
 * that has the floor keeps it.
 */
export function handBack(mailbox: Mailbox, parkedRunId: string | undefined): Change {
  if (mailbox.owner.kind === 'run') return { mailbox, ring: false, cut: false }
  const owner: Owner = parkedRunId === undefined ? NOBODY : { kind: 'run', id: parkedRunId }
  return {
    mailbox: own(mailbox, owner, { state: 'bot', needsPeople: false }),
    ring: true,
    cut: false,
    ...(parkedRunId === undefined ? {} : { run: { id: parkedRunId, becomes: 'open' as const } }),
  }
}

/** A person closes, or the house does. What is unhandled counts as seen by the one who closed. */
export function close(mailbox: Mailbox): Change {
  const next = own(mailbox, NOBODY, { state: 'closed', needsPeople: false, handledSeq: mailbox.lastSeq })
  return {
    mailbox: { ...next, cutEpoch: next.epoch },
    ring: true,
    cut: true,
    ...(mailbox.owner.kind === 'run' ? { run: { id: mailbox.owner.id, becomes: 'closed' as const } } : {}),
  }
}

/** Closing by itself is allowed only when nothing waits and nobody is at work. */
export const mayCloseIdle = (mailbox: Mailbox): boolean =>
  mailbox.state !== 'closed' && mailbox.owner.kind === 'none' && !mailbox.needsPeople && !unhandled(mailbox)

/** Opens a closed conversation again; with people wanted when a person does it. */
export function reopen(mailbox: Mailbox, forPeople: boolean): Change {
  return {
    mailbox: own(mailbox, NOBODY, { state: forPeople ? 'queued' : 'bot', needsPeople: forPeople }),
    ring: true,
    cut: false,
  }
}

/** Whether an outbound row may still leave, seen from ownership alone. People's own messages are never cut. */
export const isCut = (mailbox: Pick<Mailbox, 'cutEpoch'>, row: { automated: boolean; epoch: number }): boolean =>
  row.automated && row.epoch < mailbox.cutEpoch
