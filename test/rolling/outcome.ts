import { type Account, countUp } from '../chaos/account.ts'
import { gather } from '../chaos/evidence.ts'
import { backlogOf } from '../load/rows.ts'
import { until } from '../load/until.ts'
import { serverErrors } from './programs.ts'
import type { Scene } from './scene.ts'

export type Outcome = {
  requests: number
  serverErrors: number
  /** Requests that got no answer at all. */
  broken: string[]
  /** Acknowledgements that the provider did not get, and those it still waits for. */
  webhooks: { failed: number; waiting: number }
  account: Account
  /** What programs made and is not there once. */
  miscounted: string[]
  /** Readers of live events that missed something, or read it twice. */
  gaps: string[]
  resumed: number
  rested: boolean
}

const RESTS_WITHIN_MS = 120_000

/** Ends the load, waits until nothing is left to do, and counts: what was asked, what is stored, what the provider has. */
export async function settle(scene: Scene): Promise<Outcome> {
  await scene.quiet()
  const { rows, phones, customers, tenantId, logFrom, tally, streams } = scene
  const rested = await until(
    async () => {
      const { items, messages, leaving, unknown } = await backlogOf(rows)
      const { waiting } = (await phones.state()).webhooks // Statuses follow for a moment.
      return items + messages + leaving + unknown + waiting === 0
    },
    { withinMs: RESTS_WITHIN_MS, everyMs: 500 },
  )
  const { webhooks } = await phones.state()
  const account = countUp(customers.questions, await gather({ phones, rows, tenantId, logFrom }))
  const [miscounted, gaps] = [await miscounts(scene), await gapsOf(scene)]
  return {
    requests: tally.total,
    serverErrors: serverErrors(tally),
    broken: tally.broken,
    webhooks: { failed: webhooks.failed, waiting: webhooks.waiting },
    ...{ account, miscounted, gaps, rested: rested === true },
    resumed: streams.reduce((sum, stream) => sum + stream.resumed(), 0),
  }
}

async function miscounts({ rows, made, tenantId }: Scene): Promise<string[]> {
  const found: string[] = []
  for (const [table, ids] of Object.entries({ contacts: made.contacts, tags: made.tags })) {
    const { count } = await rows.one<{ count: number }>(
      `select count(*)::int as count from ${table} where tenant_id = $1 and name like 'Program %'`,
      [tenantId],
    )
    const asked = new Set(ids).size
    if (asked !== ids.length || count !== asked) found.push(`${table}: ${ids.length} made, ${count} there`)
  }
  return found
}

/** A house sends no more than so many events to who comes back; who missed more is told to load afresh. */
const REPLAYED_MAX = 4_000

/** What each reader was told against all others, and the last part of it against one who reads that only at the end. */
async function gapsOf({ streams, replay }: Scene): Promise<string[]> {
  const from = streams[0]?.positions.at(-REPLAYED_MAX) ?? 0
  const whole = replay(from)
  const everybody = [...streams, whole]
  let read = -1
  const atEnd = async () => {
    const still = whole.positions.length === read
    read = whole.positions.length
    return still && read > 0 && everybody.every((stream) => stream.last() === whole.last())
  }
  const ended = await until(atEnd, { withinMs: 30_000, everyMs: 1_500 })
  await Promise.all(everybody.map((stream) => stream.stop()))
  const all = [...new Set(everybody.flatMap(({ positions }) => positions))].sort((left, right) => left - right)
  const found = everybody.flatMap(({ positions, resets }, index) => {
    const due = all.filter((position) => position >= positions[0]!)
    const same = due.length === positions.length && due.every((position, nth) => position === positions[nth])
    const says = `reader ${index + 1}: ${positions.length} of ${due.length} events, ${resets()} resets`
    return same && resets() === 0 ? [] : [says]
  })
  return ended === true ? found : ['not every reader came to the end', ...found]
}
