import { BEAT_EVERY_MS, type ProcessKind } from '#domain/platform/health.ts'
import { newId } from '#infra/ids.ts'
import { houseVersion } from '#infra/version.ts'
import { beat, endBeat } from './stores/process-beats.ts'
import type { Db } from './tx.ts'

type Log = { warn: (fields: Record<string, unknown>, message: string) => void }

type BeatingOptions = {
  db: Db
  log: Log
  kind: ProcessKind
  /** What stands still in this process, by name, though it is up. */
  stalled?: () => readonly string[]
}

export type Beating = { stop: () => Promise<void> }

/** Says every few seconds that this process is up, until it leaves in order. What it cannot say now, it says next time. */
export function startBeating({ db, log, kind, stalled = () => [] }: BeatingOptions): Beating {
  const self = { id: newId(), kind, version: houseVersion(), startedAt: new Date() }
  const warn = (err: unknown) => log.warn({ err }, 'cannot say that this process is up')
  let saying = Promise.resolve()
  const say = () => {
    saying = saying.then(() => db.relayOnce((relay) => beat(relay, { ...self, stalled: stalled() })).catch(warn))
  }
  say()
  const timer = setInterval(say, BEAT_EVERY_MS)
  return {
    async stop() {
      clearInterval(timer)
      await saying
      await db.relayOnce((relay) => endBeat(relay, self.id)).catch(warn)
    },
  }
}
