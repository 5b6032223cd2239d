import { join } from 'node:path'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { announceEvents, numberEvents } from '#infra/db/stores/sequencer.ts'
import { createSealedStore } from '#infra/media/sealed-store.ts'
import { createFileStore } from '#infra/media/store.ts'
import { createTemporalClient } from '#temporal/client.ts'
import { createConnection } from '#temporal/connection.ts'
import { keepTime } from './clock.ts'
import { takeIn } from './intake.ts'
import { startLoop } from './loop.ts'
import { startMediaFetches } from './media.ts'
import { startNoticeLoop } from './notice-loop.ts'
import { startPrivacyLoops } from './privacy.ts'
import { createProcess, onEnd } from './process.ts'
import { READERS, react } from './reactions.ts'
import { tellReads } from './read-marks.ts'
import { ringBells, ringRuns } from './ring.ts'
import { cleanUpDaily, compareRuns, sweep } from './sweep.ts'
import { meterUsage } from './usage.ts'
import { fanOutEvents, startDeliveries } from './webhooks.ts'

const { env, db, log, keyRing, codec } = createProcess('dispatcher')
const settings = { address: env.temporalAddress, namespace: env.temporalNamespace }
const connection = createConnection(settings)
const temporal = createTemporalClient(settings, { connection, ...codec })
const links = { publicUrl: env.publicUrl }
const deps = { db, temporal, log, links, definitions: createDefinitions(), now: Date.now, keyRing }

const SECOND = 1_000
const once = (work: () => Promise<unknown>) => async () => {
  await work()
  return 0
}

// A dispatcher may be one of many: each loop shares its work with the same loop elsewhere by locks in Postgres.
const bells = startLoop(log, { name: 'bells', idleMs: 40, work: () => ringBells(deps) })
const runs = startLoop(log, { name: 'runs', idleMs: 100, work: () => ringRuns(deps) })
const reactions = READERS.map((reader) =>
  startLoop(log, { name: reader, idleMs: SECOND / 4, work: () => react(deps, reader) }),
)
const events = startLoop(log, {
  name: 'events',
  idleMs: 60,
  work: async () => {
    const numbered = await db.relay(numberEvents)
    if (numbered > 0) {
      await db.relay(announceEvents)
      fanOut.nudge()
    }
    return numbered
  },
})
const intake = startLoop(log, {
  name: 'intake',
  idleMs: 40,
  work: async () => {
    const taken = await takeIn(deps)
    if (taken > 0) bells.nudge()
    return taken
  },
})
const clock = startLoop(log, { name: 'clock', idleMs: SECOND / 2, work: () => keepTime(deps) })
const reads = startLoop(log, { name: 'reads', idleMs: SECOND / 4, work: () => tellReads(deps) })
const usage = startLoop(log, { name: 'usage', idleMs: SECOND, work: () => meterUsage(deps) })
const media = startLoop(log, { name: 'media', idleMs: SECOND, work: once(() => startMediaFetches(deps)) })
const deliveries = startLoop(log, { name: 'deliveries', idleMs: SECOND / 4, work: () => startDeliveries(deps) })
const fanOut = startLoop(log, {
  name: 'webhooks',
  idleMs: SECOND / 4,
  work: async () => {
    const { written, more } = await fanOutEvents(deps)
    if (written > 0) deliveries.nudge()
    return more ? 1 : 0
  },
})
const sweeper = startLoop(log, {
  name: 'sweeper',
  idleMs: 10 * SECOND,
  errorMs: 10 * SECOND,
  work: once(() => sweep(deps)),
})
const comparer = startLoop(log, {
  name: 'comparer',
  idleMs: 3_600 * SECOND,
  errorMs: 60 * SECOND,
  work: once(() => compareRuns(deps)),
})
const cleaner = startLoop(log, {
  name: 'cleaner',
  idleMs: 86_400 * SECOND,
  errorMs: 600 * SECOND,
  work: once(() => cleanUpDaily(deps)),
})

const notices = startNoticeLoop({ db, log, env })
const anchorFile = join(env.dataDir ?? '.holdfast', 'audit-heads.jsonl')
const privacy = startPrivacyLoops({
  ...deps,
  anchorFile,
  media: createSealedStore(createFileStore(join(env.dataDir ?? '.holdfast', 'media')), keyRing),
})

log.info('the dispatcher is up')
process.send?.('ready')

onEnd(log, async () => {
  await Promise.all(privacy.map((loop) => loop.stop()))
  await Promise.all(
    [
      intake,
      bells,
      runs,
      events,
      ...reactions,
      clock,
      reads,
      usage,
      media,
      deliveries,
      fanOut,
      sweeper,
      comparer,
      cleaner,
      notices,
    ].map((loop) => loop.stop()),
  )
  await connection.close()
  await db.close()
})
