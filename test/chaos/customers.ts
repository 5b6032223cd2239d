import type { Business } from '../load/business.ts'
import { tokenOf } from '../load/echo-flow.ts'
import type { Random } from '../load/random.ts'
import { newContacts, phoneOf } from '../load/turns.ts'
import { pause } from '../load/until.ts'

/** One message of a customer as the harness knows it: what everything is counted against. */
export type Question = { token: string; contact: Customer; n: number; wamid: string; postedMs: number }

export type Customer = {
  contact: number
  phone: string
  phoneNumberId: string
  /** People take this conversation over and hand it back, again and again. */
  meetsPeople: boolean
  /** Writes nothing for now, so that a hand-back has a clear before and after. */
  pausedByPeople: boolean
  /** How often people gave the conversation back; the flow then repeats the question it stands at. */
  handedBack: number
  written: number
}

export type Customers = {
  all: readonly Customer[]
  questions: readonly Question[]
  /** For how long nobody wrote, because the answers were too far behind. */
  waitedS: () => number
  /** Ends the load; resolves when the last message has left. */
  stop: () => Promise<void>
}

const BURST_SHARE = 0.08
const BURST = { min: 3, max: 5 }
/**
 * CONV-10 holds the 21st message in a minute, and a run gives up at 50 sends in five minutes. Both stay far away, also when
 * what was written in a minute of darkness is taken in all at once.
 */
const MINUTE_MAX = 9
const FIVE_MINUTES_MAX = 22

/**
 * On a machine that answers more slowly than this load asks, only a queue would grow, and after minutes of it the house would
 * rightly call people. So customers wait while more than so many seconds of their messages have no answer.
 */
const BEHIND_S = 40
const LOOK_MS = 1_000

type State = Customer & { busy: boolean; times: number[] }

/** Customers who write texts, taps and pictures, alone and in bursts, at random but known moments. */
export function startCustomers(business: Business, random: Random, ratePerSecond: number): Customers {
  const { channels, phones } = business
  const customers: State[] = newContacts(Math.max(40, ratePerSecond * 20)).map((contact, index) => ({
    contact,
    phone: phoneOf(contact),
    phoneNumberId: channels[index % channels.length]!.phoneNumberId,
    meetsPeople: index % 8 === 3,
    pausedByPeople: false,
    handedBack: 0,
    written: 0,
    busy: false,
    times: [],
  }))
  const questions: Question[] = []
  const writing = new Set<Promise<void>>()
  let stopped = false

  async function write(customer: State, count: number): Promise<void> {
    customer.busy = true // The next message leaves after this one was taken: so the order is known.
    try {
      for (let nth = 0; nth < count; nth += 1) {
        customer.written += 1
        const n = customer.written
        const token = tokenOf(customer.contact, n)
        const postedMs = Date.now()
        const wamid = await phones.write(customer.phone, customer.phoneNumberId, messageOf(token, random))
        questions.push({ token, contact: customer, n, wamid, postedMs })
        customer.times.push(postedMs)
      }
    } finally {
      customer.busy = false
    }
  }

  let waitedMs = 0
  async function letItCatchUp(from: number): Promise<void> {
    const startMs = performance.now()
    const behind = async () => questions.length - ((await phones.state()).sendsCount - from)
    while (!stopped && (await behind()) > BEHIND_S * ratePerSecond) await pause(LOOK_MS)
    waitedMs += performance.now() - startMs
  }

  const running = (async () => {
    const { sendsCount } = await phones.state()
    for (let lookedMs = 0; !stopped; ) {
      if (performance.now() - lookedMs > LOOK_MS) {
        await letItCatchUp(sendsCount)
        lookedMs = performance.now()
      }
      // The gaps of independent people: exponential, so that several also come at once.
      await pause(Math.min(5_000, (-Math.log(1 - random.next()) * 1_000) / ratePerSecond))
      const free = customers.filter((customer) => mayWrite(customer, Date.now()))
      if (free.length === 0) continue
      const count = random.next() < BURST_SHARE ? random.between(BURST.min, BURST.max) : 1
      const work: Promise<void> = write(random.pick(free), count).finally(() => writing.delete(work))
      work.catch(() => undefined) // heard of when the load ends
      writing.add(work)
    }
  })()

  return {
    all: customers,
    questions,
    waitedS: () => waitedMs / 1_000,
    async stop() {
      stopped = true
      await running
      await Promise.all(writing)
    },
  }
}

function mayWrite(customer: State, nowMs: number): boolean {
  if (customer.busy || customer.pausedByPeople) return false
  customer.times = customer.times.filter((time) => nowMs - time < 300_000)
  const lastMinute = customer.times.filter((time) => nowMs - time < 60_000).length
  return lastMinute + BURST.max <= MINUTE_MAX && customer.times.length + BURST.max <= FIVE_MINUTES_MAX
}

/** Every kind carries the token in words, because words are what the flow repeats. */
function messageOf(token: string, random: Random): Record<string, unknown> {
  const dice = random.next()
  if (dice < 0.7) return { type: 'text', text: { body: `question ${token}` } }
  if (dice < 0.85) {
    return {
      type: 'interactive',
      interactive: { type: 'button_reply', button_reply: { id: `t/${token}`, title: token } },
    }
  }
  const type = random.pick(['image', 'video', 'document'])
  return { type, [type]: { caption: `look, ${token}` } }
}
