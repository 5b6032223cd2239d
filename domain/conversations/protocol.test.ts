import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Change } from './mailbox.ts'
import { DECKS, type DeckName, play } from './model/story.ts'
import { RULES, type Rules } from './model/world.ts'

const storyOf = (deck: DeckName) =>
  fc.array(fc.tuple(fc.nat(DECKS[deck].length - 1), fc.nat(1_000)), { minLength: 1, maxLength: 300, size: 'max' })

const holds = (deck: DeckName, rules: Rules) =>
  fc.property(storyOf(deck), (steps) => assert.deepEqual(play(rules, deck, steps), []))

test('whatever happens, in whatever order: nothing is lost, doubled, overtaken or left lying, and one voice speaks', () => {
  fc.assert(holds('rough', RULES), { numRuns: 500 })
})

test('while nothing is killed and no answer lost, nothing waits for the sweeper', () => {
  fc.assert(holds('ordinary', RULES), { numRuns: 500 })
})

/** Rules with one thing wrong. The property must see each of them, or it sees nothing. */
const BROKEN: readonly [string, DeckName, Partial<Rules>][] = [
  ['a bell is marked without its version', 'ordinary', { markRung: (bell) => bell.version }],
  [
    'an owner changes without the epoch',
    'rough',
    {
      takeOver: (mailbox, userId) => {
        const change = RULES.takeOver(mailbox, userId)
        return { ...change, mailbox: { ...change.mailbox, epoch: mailbox.epoch, cutEpoch: mailbox.cutEpoch } }
      },
    },
  ],
  [
    'a claim that somebody holds is no claim',
    'rough',
    {
      decideSend: (facts, now) =>
        RULES.decideSend(facts.state === 'sending' ? { ...facts, state: 'queued' } : facts, now),
    },
  ],
  [
    'who sends does not look ahead',
    'ordinary',
    { decideSend: (facts, now) => RULES.decideSend({ ...facts, predecessorPending: false }, now) },
  ],
  ['a message waits for one that nobody sends', 'rough', { helpsAlong: () => false }],
  [
    'a take-over leaves the run at work',
    'ordinary',
    { takeOver: (mailbox, id) => withoutRun(RULES.takeOver(mailbox, id)) },
  ],
  [
    'people are called over the head of another run',
    'ordinary',
    { callPeople: (mailbox, by) => withoutRun(RULES.callPeople(mailbox, by)) },
  ],
  ['a message is taken without being counted', 'ordinary', { consume: (mailbox) => mailbox }],
  [
    'the end of a run rings nobody',
    'ordinary',
    { releaseFloor: (mailbox, id) => ({ ...RULES.releaseFloor(mailbox, id), ring: false }) },
  ],
]

function withoutRun({ run: _, ...change }: Change): Change {
  return change
}

for (const [name, deck, wrong] of BROKEN) {
  test(`the property can fail: ${name}`, () => {
    const result = fc.check(holds(deck, { ...RULES, ...wrong }), { numRuns: 5_000, endOnFailure: true })
    assert.ok(result.errorInstance instanceof assert.AssertionError, 'nobody noticed')
  })
}
