import { openBusiness } from '../load/business.ts'
import { ECHO_FLOW } from '../load/echo-flow.ts'
import { lastLines, openHouse, type WholeHouse } from '../load/house.ts'
import { seeded } from '../load/random.ts'
import { type Backlog, backlogOf, openRows, type Rows } from '../load/rows.ts'
import { pause } from '../load/until.ts'
import { type Account, countUp } from './account.ts'
import { startCustomers } from './customers.ts'
import { diagnose } from './diagnosis.ts'
import { type Evidence, gather } from './evidence.ts'
import { type Kill, killAll, planKills } from './killer.ts'
import type { Options } from './options.ts'
import { type People, startPeople } from './people.ts'
import { type Recovery, recoveries } from './recovery.ts'

export type Outcome = {
  account: Account
  recoveries: Recovery[]
  kills: Kill[]
  people: People['counts']
  /** For how long customers did not write, because the answers were too far behind. */
  waitedS: number
  /** Undefined when something was still to do at the end of the quiet phase. */
  drainedS: number | undefined
  backlog: Backlog
  diagnosis: string[]
  waiting: number
}

/** Load and kills, then quiet, then the count. The house is the run's own and is gone when this resolves. */
export async function runChaos(
  options: Options,
  say: (text: string) => void,
  onHouse: (stop: () => Promise<void>) => void,
): Promise<Outcome> {
  const house = await openHouse(say)
  onHouse(house.stop)
  const rows = openRows(house.adminUrl)
  try {
    return await insideHouse(house, rows, options, say)
  } finally {
    await rows.close()
    await house.stop()
  }
}

async function insideHouse(
  house: WholeHouse,
  rows: Rows,
  options: Options,
  say: (text: string) => void,
): Promise<Outcome> {
  const random = seeded(options.seed)
  const plan = planKills(random, options)
  const business = await openBusiness(house, { name: 'Chaos', numbers: 4, flow: ECHO_FLOW })
  const { phones, member } = business
  await phones.options({ statusDelayMs: 200 })
  const logFrom = (await phones.state()).sendsCount
  const customers = startCustomers(business, seeded(options.seed + 1), options.ratePerSecond)
  const people = startPeople(business, { rows, customers: customers.all, random: seeded(options.seed + 2) })
  say(`Load: ${options.ratePerSecond} messages a second of ${customers.all.length} customers.`)

  await pause(5_000)
  const kills = await killAll(house, plan, say)
  await pause(8_000) // what comes after the last kill is counted too
  await customers.stop()
  people.finish()
  say(`Quiet: ${customers.questions.length} messages were written; nobody writes or dies any more.`)
  const quietSince = performance.now()
  const drained = await untilQuiet(() => leftToDo(rows, business.phones, people), options.drainMs)
  const drainedS = drained ? (performance.now() - quietSince) / 1_000 : undefined
  await people.stop()

  const evidence: Evidence = await gather({ phones, rows, tenantId: member.tenantId, logFrom })
  const backlog = await backlogOf(rows)
  if (drainedS === undefined) {
    say(`Still to do: ${JSON.stringify(backlog)}`)
    for (const name of ['api', 'dispatcher', 'worker']) say(`${name}: ${lastLines(house, name)}`)
  }
  const account = countUp(customers.questions, evidence)
  const wrong = [...account.lost, ...account.duplicated, ...account.disordered]
  return {
    account,
    diagnosis: wrong.length === 0 ? [] : await diagnose(rows, member.tenantId, wrong),
    recoveries: recoveries(kills, customers.questions, evidence),
    kills,
    people: people.counts,
    waitedS: customers.waitedS(),
    drainedS,
    backlog,
    waiting: evidence.waiting,
  }
}

/** As long as what is left becomes less, however slow the machine, nothing is stuck; `stillMs` without that is enough. */
async function untilQuiet(left: () => Promise<number>, stillMs: number): Promise<boolean> {
  let least = Infinity
  let since = performance.now()
  while (performance.now() - since < stillMs) {
    const now = await left().catch(() => Infinity)
    if (now === 0) return true
    if (now < least) {
      least = now
      since = performance.now()
    }
    await pause(1_000)
  }
  return false
}

/** What is not yet acknowledged, taken in, handled, sent or settled, and what people still have to answer. */
async function leftToDo(
  rows: Rows,
  phones: { state: () => Promise<{ webhooks: { waiting: number } }>; retryNow: () => Promise<unknown> },
  people: People,
): Promise<number> {
  const { webhooks } = await phones.state()
  // The provider would try again within a minute; asking it to now only saves that minute.
  if (webhooks.waiting > 0) await phones.retryNow()
  const { items, messages, leaving, unknown } = await backlogOf(rows)
  return webhooks.waiting + items + messages + leaving + unknown + (people.done() ? 0 : 1)
}
