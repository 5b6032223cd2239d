import { followAnswers, within } from './answers.ts'
import type { Business } from './business.ts'
import { tokenOf } from './echo-flow.ts'
import { type Spread, spreadOf } from './figures.ts'
import { newContacts, phoneOf } from './turns.ts'
import { pause } from './until.ts'

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

/** From the customer's "send" to the provider's acceptance of the answer, at a steady rate over many conversations. */
export async function replyLatency(
  { phones, channels }: Business,
  { perSecond, seconds }: { perSecond: number; seconds: number },
): Promise<Spread> {
  const answers = followAnswers(phones)
  // One message in ten seconds each: nobody comes near a limit.
  const contacts = newContacts(perSecond * 10)
  try {
    const calls = await atRate({ perSecond, seconds }, async (index, dueMs) => {
      const at = index % contacts.length
      const token = tokenOf(contacts[at]!, Math.floor(index / contacts.length) + 1)
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
