import { join } from 'node:path'
import { createProgressWatch } from '#domain/conversations/progress.ts'
import { startBeating } from '#infra/db/beating.ts'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { createIntakeChannels } from '#infra/db/stores/mailbox/intake-channels.ts'
import type { StandingWork } from '#infra/db/stores/mailbox/standing.ts'
import { announceEvents, numberEvents } from '#infra/db/stores/sequencer.ts'
import type { Work } from '#infra/db/work-announcer.ts'
import { createEraseLedger } from '#infra/privacy/erase-ledger.ts'
import { keepErasedFirst } from '#infra/privacy/keep-erased.ts'
import { createChannelConnections } from '#infra/providers/channel-connections.ts'
import { connectionSettingsOf } from '#infra/providers/connection-settings.ts'
import { upUntil } from '#infra/up-until.ts'
import { createTemporalClient } from '#temporal/client.ts'
import { createConnection } from '#temporal/connection.ts'
import { keepsUp } from '#temporal/server-check.ts'
import { keepTime } from './clock.ts'
import { keepDiagnosticSchedules, startDiagnostics } from './diagnostics.ts'
import { giveFirstNumbers } from './first-numbers.ts'
import { takeIn } from './intake.ts'
import { listenForWork } from './listen-for-work.ts'
import { type Loop, startLoop } from './loop.ts'
import { startMediaFetches } from './media.ts'
import { startNoticeLoop } from './notice-loop.ts'
import { startPrivacyLoops } from './privacy.ts'
import { createProcess, openFiles, standOnTables } from './process.ts'
import { STUCK_MS, watchProgress } from './progress.ts'
import { READERS, react } from './reactions.ts'
import { tellReads } from './read-marks.ts'
import { ringBells, ringRuns } from './ring.ts'
import { cleanUpDaily, compareRuns, sweep } from './sweep.ts'
import { meterUsage } from './usage.ts'
import { fanOutEvents, startDeliveries } from './webhooks.ts'

const { env, db, log, keyRing, codec } = createProcess('dispatcher', { onWork: (work) => nudge(work) })
await standOnTables({ db, log })
const files = await openFiles({ env, log, keyRing })
const settings = { address: env.temporalAddress, namespace: env.temporalNamespace }
const connection = createConnection(settings)
const temporal = createTemporalClient(settings, { connection, ...codec })
const links = { publicUrl: env.publicUrl }
const deps = {
  db,
  temporal,
  log,
  links,
  definitions: createDefinitions({ keeps: env.caches }),
  channels: createIntakeChannels(env.caches ? undefined : 0),
  now: Date.now,
  keyRing,
}

await keepErasedFirst({ db, keyRing, log, ledger: createEraseLedger(env.dataDir) })

const SECOND = 1_000
const once = (work: () => Promise<unknown>) => async () => {
  await work()
  return 0
}

const loops: Loop[] = []
function start(options: Parameters<typeof startLoop>[1]): Loop {
  const loop = startLoop(log, options)
  loops.push(loop)
  return loop
}

// A dispatcher may be one of many: each loop shares its work with the same loop elsewhere by locks in Postgres. Whoever
// leaves work says so, and its loop is nudged; the pauses are only for hints that were lost, and for what comes due.
const deliveries = start({ name: 'deliveries', idleMs: SECOND, work: () => startDeliveries(deps) })
const readers = [
  ...READERS.map((reader) => start({ name: reader, idleMs: SECOND, gapMs: 250, work: () => react(deps, reader) })),
  start({
    name: 'webhooks',
    idleMs: SECOND,
    gapMs: 250,
    work: async () => {
      const { written, more } = await fanOutEvents(deps)
      if (written > 0) deliveries.nudge()
      return more ? 1 : 0
    },
  }),
]
const loopOf: Record<Work, Loop> = {
  deliveries,
  messages: start({ name: 'messages', idleMs: SECOND, work: () => takeIn(deps, 'messages') }),
  // Ticks may be a little late, and many at once cost hardly more than one.
  statuses: start({ name: 'statuses', idleMs: SECOND, gapMs: 200, work: () => takeIn(deps, 'statuses') }),
  bells: start({ name: 'bells', idleMs: SECOND, work: () => ringBells(deps) }),
  // Somebody who asks for one is told at once; what is left to look for are hints that were lost.
  diagnostics: start({ name: 'diagnostics', idleMs: 5 * SECOND, work: once(() => startDiagnostics(deps)) }),
  runs: start({ name: 'runs', idleMs: SECOND, work: () => ringRuns(deps) }),
  events: start({
    name: 'events',
    idleMs: SECOND,
    gapMs: 100,
    work: async () => {
      const numbered = await db.relayOnce(numberEvents)
      if (numbered === 0) return 0
      await db.relayOnce(announceEvents)
      for (const reader of readers) reader.nudge()
      return numbered
    },
  }),
}
function nudge(work: Iterable<Work>): void {
  for (const kind of work) loopOf[kind].nudge()
}
const listening = listenForWork({ db, log }, nudge)

start({ name: 'clock', idleMs: SECOND, work: () => keepTime(deps) })
start({ name: 'reads', idleMs: SECOND / 2, work: () => tellReads(deps) })
start({ name: 'usage', idleMs: 2 * SECOND, work: () => meterUsage(deps) })
start({ name: 'media', idleMs: SECOND, work: once(() => startMediaFetches(deps)) })
const connecting = connectionSettingsOf(env)
const numbers = createChannelConnections({ db, keyRing, clock: { nowMs: Date.now }, settings: connecting })
if (connecting.pool !== undefined) {
  start({ name: 'first numbers', idleMs: 5 * SECOND, work: () => giveFirstNumbers({ db, log, numbers }) })
}
start({ name: 'sweeper', idleMs: 10 * SECOND, errorMs: 10 * SECOND, work: once(() => sweep(deps)) })
const progress = createProgressWatch<StandingWork>({ patienceMs: STUCK_MS })
const isWell = () => keepsUp(connection, settings.namespace, Date.now())
start({
  name: 'progress',
  idleMs: 10 * SECOND,
  errorMs: 10 * SECOND,
  work: once(() => watchProgress({ ...deps, isWell }, progress)),
})
start({ name: 'daily diagnoses', idleMs: 60 * SECOND, work: once(() => keepDiagnosticSchedules(deps)) })
start({ name: 'comparer', idleMs: 3_600 * SECOND, errorMs: 60 * SECOND, work: once(() => compareRuns(deps)) })
start({ name: 'cleaner', idleMs: 86_400 * SECOND, errorMs: 600 * SECOND, work: once(() => cleanUpDaily(deps)) })

const notices = startNoticeLoop({ db, log, env })
const anchorFile = join(env.dataDir ?? '.holdfast', 'audit-heads.jsonl')
const privacy = startPrivacyLoops({ ...deps, anchorFile, media: files.store })

const allLoops = [...loops, ...privacy, notices]
const stalled = () => allLoops.filter((loop) => loop.isStalled()).map(({ name }) => name)
const beating = startBeating({ db, log, kind: 'dispatcher', stalled })
log.info('the dispatcher is up')

upUntil({ env, log }, async () => {
  await beating.stop()
  await listening.stop()
  await Promise.all(allLoops.map((loop) => loop.stop()))
  await Promise.all([connection.close(), numbers.close()])
  await db.close()
})
