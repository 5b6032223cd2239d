import { followAnswers, within } from './answers.ts'
import type { Business } from './business.ts'
import { tokenOf } from './echo-flow.ts'
import { type Spread, spreadOf } from './figures.ts'
import { newContacts, phoneOf } from './turns.ts'
import { eachOf, pause } from './until.ts'

/**
 * Calls `work` so many times a second, whatever becomes of the calls before: a slow answer must not slow the asking
 * down, or the slowest moments would be asked about least.
 *
 * @returns the promises of all calls, in order. `work` is told when it should have begun.
 */
export async function atRate<T>(
  { perSecond, seconds }: { perSecond: number; seconds: number },
  work: (index: number, dueMs: number) => Promise<T>,
): Promise<Promise<T>[]> {
  const calls: Promise<T>[] = []
  const began = performance.now()
  const total = Math.round(perSecond * seconds)
  while (calls.length < total) {
    const due = Math.min(total, Math.ceil(((performance.now() - began) / 1_000) * perSecond))
    while (calls.length < due) {
      const index = calls.length
      const call = work(index, began + (index * 1_000) / perSecond)
      call.catch(() => undefined) // whoever awaits it hears of it
      calls.push(call)
    }
    await pause(5)
  }
  return calls
}

export type LatencyWishes = {
  perSecond: number
  seconds: number
  /** Everybody has been answered before; else everybody is a stranger, for whom two workflows are started first. */
  known: boolean
}

/** From the customer's "send" to the provider's acceptance of the answer, at a steady rate over many conversations. */
export async function replyLatency(business: Business, { perSecond, seconds, known }: LatencyWishes): Promise<Spread> {
  const { phones, channels } = business
  // One message in ten seconds each, or one at all: nobody comes near a limit.
  const contacts = newContacts(known ? perSecond * 10 : perSecond * seconds)
  const lastToken = known ? 1 : 0
  if (known) await greet(business, contacts)
  const answers = followAnswers(phones)
  try {
    const calls = await atRate({ perSecond, seconds }, async (index, dueMs) => {
      const at = index % contacts.length
      const token = tokenOf(contacts[at]!, Math.floor(index / contacts.length) + 1 + lastToken)
      const to = channels[at % channels.length]!.phoneNumberId
      const offsetMs = Date.now() - performance.now()
      await phones.write(phoneOf(contacts[at]!), to, { type: 'text', text: { body: `question ${token}` } })
      const { at: acceptedAt } = await answers.of(token)
      return Date.parse(acceptedAt) - (dueMs + offsetMs)
    })
    return spreadOf(await within(120_000, 'the last answers', Promise.all(calls)))
  } finally {
    await answers.close()
  }
}

const GREETED_AT_ONCE = 16

/** Each contact says a first word and is answered. */
async function greet({ phones, channels }: Business, contacts: readonly number[]): Promise<void> {
  const answers = followAnswers(phones)
  try {
    await eachOf([...contacts.entries()], GREETED_AT_ONCE, async ([at, contact]) => {
      const token = tokenOf(contact, 1)
      const to = channels[at % channels.length]!.phoneNumberId
      await phones.write(phoneOf(contact), to, { type: 'text', text: { body: `question ${token}` } })
      await answers.of(token)
    })
  } finally {
    await answers.close()
  }
}
