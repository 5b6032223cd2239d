import { startCustomers } from '../chaos/customers.ts'
import { openBusiness } from '../load/business.ts'
import { ECHO_FLOW } from '../load/echo-flow.ts'
import type { Phones } from '../load/phones.ts'
import { seeded } from '../load/random.ts'
import { openRows, type Rows } from '../load/rows.ts'
import { KINDS, type Kind } from './kinds.ts'
import { newTally, startPrograms, startScreen, type Tally } from './programs.ts'
import { type Front, openSite, type Replica, type Site } from './replicas.ts'
import { readStream, type StreamReader } from './streams.ts'

export const OF_EACH = 2

export type SceneOptions = {
  drainSeconds: number
  messagesPerSecond: number
  everyMs: number
  streams: number
  seed: number
}

export type Scene = {
  site: Site
  rows: Rows
  phones: Phones
  tenantId: string
  tally: Tally
  customers: ReturnType<typeof startCustomers>
  streams: StreamReader[]
  replicas: Map<Kind, Replica[]>
  /** Where the provider's own log began. */
  logFrom: number
  /** A reader of everything after a position, for what everybody should have seen. */
  replay: (after: number) => StreamReader
  made: { contacts: string[]; tags: string[] }
  /** Ends the load, not the house. */
  quiet: () => Promise<void>
  close: () => Promise<void>
}

/** Two of each process behind one address, and everybody at work: customers, programs, screens, readers of live events. */
export async function openScene(front: Front, options: SceneOptions): Promise<Scene> {
  const site = await openSite(front, options)
  const rows = openRows(site.database.adminUrl)
  const replicas = new Map<Kind, Replica[]>()
  try {
    await Promise.all(
      KINDS.map(async (kind) => {
        replicas.set(kind, await Promise.all(Array.from({ length: OF_EACH }, () => site.start(kind))))
      }),
    )
    const load = await startLoad(front, site, options)
    const stopped = () => Promise.allSettled([load.quiet(), ...load.streams.map((stream) => stream.stop())])
    return { ...load, site, rows, replicas, close: () => stopped().then(close) }
  } catch (error) {
    await close()
    throw error
  }

  async function close(): Promise<void> {
    await rows.close()
    await site.close()
  }
}

async function startLoad({ url }: Front, site: Site, options: SceneOptions) {
  const { messagesPerSecond, everyMs, seed } = options
  const { member, channels, phones } = await openBusiness(site, { name: 'Rolling', numbers: 2, flow: ECHO_FLOW })
  await phones.options({ statusDelayMs: 200 })
  const logFrom = (await phones.state()).sendsCount
  const tally = newTally()
  const first = { url, member, tally }
  const streams = Array.from({ length: options.streams }, () => readStream(first))
  const customers = startCustomers({ member, channels, phones }, seeded(seed), messagesPerSecond)
  const screen = startScreen({ ...first, everyMs })
  const programs = await startPrograms({ baseUrl: url, member, tally, everyMs })
  return {
    ...{ phones, tenantId: member.tenantId, tally, customers, streams, logFrom, made: programs.made },
    replay: (after: number) => readStream({ url, member, tally: newTally(), after }),
    async quiet() {
      await Promise.all([customers.stop(), screen.stop(), programs.stop()])
    },
  }
}

/** Replaces every process of a kind, as `deploy/rolling-update.sh` does: the new ones are up before the old ones are told to go. */
export async function roll({ site, replicas }: Scene, kind: Kind): Promise<string[]> {
  const old = replicas.get(kind) ?? []
  replicas.set(kind, await Promise.all(old.map(() => site.start(kind))))
  const ends: string[] = []
  for (const replica of old) {
    await replica.stop()
    ends.push(await replica.ended)
  }
  return ends
}
