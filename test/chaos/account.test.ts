import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countUp } from './account.ts'
import type { Customer, Question } from './customers.ts'
import type { AcceptedSend, Evidence, OutboundRow } from './evidence.ts'

const CUSTOMER: Customer = {
  contact: 1,
  phone: '1',
  phoneNumberId: '9',
  meetsPeople: false,
  pausedByPeople: false,
  handedBack: 0,
  written: 3,
}
const question = (n: number): Question => ({
  token: `k1-${n}`,
  contact: CUSTOMER,
  n,
  wamid: `w${n}`,
  postedMs: n,
})
const QUESTIONS = [question(1), question(2), question(3)]

/** Three questions, stored in order and answered once each; tests spoil it. */
function sound(): Evidence {
  const row = (n: number): OutboundRow => ({
    id: `row${n}`,
    conversationId: 'c',
    token: `k1-${n}`,
    state: 'delivered',
    automated: true,
    flagged: false,
  })
  return {
    sends: [1, 2, 3].map((n) => ({ n, atMs: n, token: `k1-${n}`, rowId: `row${n}` })),
    inbound: [1, 2, 3].map((n) => ({ wamid: `w${n}`, conversationId: 'c', seq: n, handled: true })),
    outbound: new Map([1, 2, 3].map((n) => [`row${n}`, row(n)])),
    items: new Map([1, 2, 3].map((n) => [`w${n}`, { wamid: `w${n}`, atMs: n, state: 'done' }])),
    waiting: 0,
    runsFailed: [],
  }
}

const again = (evidence: Evidence, send: Partial<AcceptedSend>): void => {
  evidence.sends.push({ n: 4, atMs: 4, token: 'k1-3', rowId: 'row3', ...send })
}

test('a sound run has nothing to tell', () => {
  const { lost, duplicated, disordered, answered, acknowledged } = countUp(QUESTIONS, sound())
  assert.deepEqual({ lost, duplicated, disordered }, { lost: [], duplicated: [], disordered: [] })
  assert.deepEqual([acknowledged, answered], [3, 3])
})

test('a message that is nowhere is lost, and so is one that nobody answered', () => {
  const evidence = sound()
  evidence.inbound = evidence.inbound.filter(({ wamid }) => wamid !== 'w1')
  evidence.sends = evidence.sends.filter(({ token }) => token !== 'k1-2')
  assert.deepEqual(countUp(QUESTIONS, evidence).lost, ['k1-1: not stored', 'k1-2: stored, not answered'])
})

test('a message stored twice is a duplicate', () => {
  const evidence = sound()
  evidence.inbound.push({ wamid: 'w3', conversationId: 'c', seq: 4, handled: true })
  assert.equal(countUp(QUESTIONS, evidence).duplicated.length, 1)
})

test('an answer that left twice is a duplicate unless its row says that it may have', () => {
  const silent = sound()
  again(silent, {})
  assert.equal(countUp(QUESTIONS, silent).duplicated.length, 1)

  const flagged = sound()
  again(flagged, {})
  flagged.outbound.get('row3')!.flagged = true
  const account = countUp(QUESTIONS, flagged)
  assert.deepEqual([account.duplicated, account.flagged, account.flaggedTwice], [[], 1, 1])
})

test('a second row for one question is a duplicate unless the conversation was handed back', () => {
  const evidence = sound()
  evidence.outbound.set('row4', { ...evidence.outbound.get('row3')!, id: 'row4' })
  again(evidence, { rowId: 'row4' })
  assert.equal(countUp(QUESTIONS, evidence).duplicated.length, 1)

  const handedBack = QUESTIONS.map((one) => ({ ...one, contact: { ...CUSTOMER, handedBack: 1 } }))
  const account = countUp(handedBack, evidence)
  assert.deepEqual([account.duplicated, account.repeatedPrompts], [[], 1])
})

test('a send that no row knows is a duplicate', () => {
  const evidence = sound()
  again(evidence, { rowId: 'nobody' })
  assert.ok(countUp(QUESTIONS, evidence).duplicated.some((line) => line.includes('without a row')))
})

test('order is kept in the rows and at the provider', () => {
  const stored = sound()
  stored.inbound[0]!.seq = 9
  assert.equal(countUp(QUESTIONS, stored).disordered.length, 1)

  const answered = sound()
  answered.sends[2]!.n = 0
  assert.deepEqual(countUp(QUESTIONS, answered).disordered, ['k1-3: answered before the one before it'])
})
