import { followAnswers } from './answers.ts'
import { talk } from './bare/echo.ts'
import type { Business } from './business.ts'
import { tokenOf } from './echo-flow.ts'
import type { Spread } from './figures.ts'

/** How many conversations talk side by side, and how many messages each of them says. */
export type Shape = { conversations: number; messages: number }
export type Turns = { count: number; seconds: number; perSecond: number; latency: Spread }

/** Customers are numbered once per run of the harness, so that no two parts of it ever share one. */
let lastContact = 0
export function newContacts(count: number): number[] {
  const contacts = Array.from({ length: count }, (_, index) => lastContact + index + 1)
  lastContact += count
  return contacts
}
export const phoneOf = (contact: number): string => `49155${String(1_000_000 + contact)}`

/** The whole way, as a customer sees it: a message in, and the flow's answer accepted by the provider. */
export async function botTurns(business: Business, shape: Shape): Promise<Turns> {
  const { phones, channels } = business
  const answers = followAnswers(phones)
  const contacts = newContacts(shape.conversations)
  try {
    return await talk(shape, (index) => async (n) => {
      const contact = contacts[index]!
      const token = tokenOf(contact, n)
      await phones.write(phoneOf(contact), channels[index % channels.length]!.phoneNumberId, {
        type: 'text',
        text: { body: `question ${token}` },
      })
      await answers.of(token)
    })
  } finally {
    await answers.close()
  }
}
