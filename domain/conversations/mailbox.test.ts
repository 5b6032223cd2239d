import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  callPeople,
  close,
  consume,
  floorIsFree,
  freshMailbox,
  giveUp,
  grantFloor,
  handBack,
  isCut,
  type Mailbox,
  mayCloseIdle,
  receive,
  releaseFloor,
  reopen,
  takeOver,
  unassign,
} from './mailbox.ts'

const fresh = freshMailbox()
const botHasIt = grantFloor(fresh, 'run').mailbox
const agentHasIt = takeOver(fresh, 'agent').mailbox
const queued = callPeople(fresh).mailbox
const closed = close(fresh).mailbox
const written = receive(botHasIt).mailbox

test('each message takes the next place, in whatever state, and a snoozed conversation wakes', () => {
  const standing: Mailbox[] = [fresh, botHasIt, agentHasIt, queued]
  for (const mailbox of standing) {
    const change = receive({ ...mailbox, state: 'snoozed', lastSeq: 7, handledSeq: 7 })
    assert.deepEqual([change.seq, change.mailbox.lastSeq, change.ring], [8, 8, true])
    assert.equal(change.mailbox.state, mailbox.state)
  }
})

test('what is taken is neither given back nor taken before it came', () => {
  const mailbox = { ...fresh, lastSeq: 5, handledSeq: 3 }
  assert.equal(consume(mailbox, 5).handledSeq, 5)
  assert.throws(() => consume(mailbox, 2), RangeError)
  assert.throws(() => consume(mailbox, 6), RangeError)
})

test('the floor is free only where nobody has it, no person is wanted, and the conversation is open', () => {
  assert.deepEqual([fresh, botHasIt, agentHasIt, queued, closed].map(floorIsFree), [true, false, false, false, false])
  assert.throws(() => grantFloor(agentHasIt, 'run'), RangeError)
})

test('every change of owner counts the epoch on, and what changes nothing does not', () => {
  const changes = [
    grantFloor(fresh, 'run'),
    releaseFloor(botHasIt, 'run'),
    callPeople(botHasIt),
    giveUp(botHasIt, 'run'),
    takeOver(botHasIt, 'agent'),
    unassign(agentHasIt),
    handBack(agentHasIt, undefined),
    close(agentHasIt),
    reopen(closed, true),
  ]
  const before = [fresh, botHasIt, botHasIt, botHasIt, botHasIt, agentHasIt, agentHasIt, agentHasIt, closed]
  assert.deepEqual(
    changes.map(({ mailbox }, index) => mailbox.epoch - before[index]!.epoch),
    Array(9).fill(1),
  )
  assert.equal(releaseFloor(botHasIt, 'another').mailbox, botHasIt)
  assert.equal(giveUp(agentHasIt, 'run').mailbox, agentHasIt)
  assert.equal(callPeople(agentHasIt).mailbox, agentHasIt)
  assert.equal(handBack(botHasIt, undefined).mailbox, botHasIt)
})

test('a take-over, a close and a lost run cut what was written before; a farewell of the same commit is spared', () => {
  for (const { mailbox, cut } of [takeOver(botHasIt, 'agent'), close(botHasIt), giveUp(botHasIt, 'run')]) {
    assert.equal(cut, true)
    assert.equal(isCut(mailbox, { automated: true, epoch: botHasIt.epoch }), true)
    assert.equal(isCut(mailbox, { automated: true, epoch: mailbox.epoch }), false)
    assert.equal(isCut(mailbox, { automated: false, epoch: 0 }), false)
  }
  const { mailbox } = callPeople(botHasIt, 'run')
  assert.equal(isCut(mailbox, { automated: true, epoch: mailbox.epoch }), false)
})

test('whoever silences a run parks it, and hand-back gives the floor to that run', () => {
  const parks = [takeOver(botHasIt, 'agent'), unassign(botHasIt), callPeople(botHasIt, 'another')]
  for (const change of parks) assert.deepEqual(change.run, { id: 'run', becomes: 'parked' })
  assert.equal(callPeople(botHasIt, 'run').run, undefined, 'a run that calls people itself is over')
  const back = handBack(agentHasIt, 'run')
  assert.deepEqual(back.mailbox.owner, { kind: 'run', id: 'run' })
  assert.deepEqual(back.run, { id: 'run', becomes: 'open' })
})

test('a run that gives the floor back rings when messages wait for the next owner', () => {
  assert.equal(releaseFloor(botHasIt, 'run').ring, false)
  assert.equal(releaseFloor(written, 'run').ring, true)
})

test('closing counts what waits as seen, and nothing closes by itself while something waits', () => {
  assert.equal(close(written).mailbox.handledSeq, written.lastSeq)
  const waiting = receive(fresh).mailbox
  assert.deepEqual([fresh, waiting, botHasIt, agentHasIt, queued, closed].map(mayCloseIdle), [
    true,
    false,
    false,
    false,
    false,
    false,
  ])
})
