import type { MediaStore } from '#infra/media/store.ts'
import { anchorAudit } from './audit-anchors.ts'
import { startDataRequests } from './data-requests.ts'
import { type Loop, startLoop } from './loop.ts'
import { retain } from './retention.ts'
import type { SweepDeps } from './sweep.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** The loops that keep what people are owed: exports and erasures begin, what is past its time goes, audit chains are noted. */
export function startPrivacyLoops(deps: SweepDeps & { anchorFile: string; media: MediaStore }): Loop[] {
  let anchored: ReadonlyMap<string, number> = new Map()
  const anchors = startLoop(deps.log, {
    name: 'audit anchors',
    idleMs: MINUTE_MS,
    errorMs: MINUTE_MS,
    async work() {
      anchored = await anchorAudit(deps, anchored)
      return 0
    },
  })
  const requests = startLoop(deps.log, {
    name: 'data requests',
    idleMs: SECOND_MS,
    errorMs: 10 * SECOND_MS,
    async work() {
      await startDataRequests(deps)
      return 0
    },
  })
  const retention = startLoop(deps.log, {
    name: 'retention',
    idleMs: DAY_MS,
    errorMs: 10 * MINUTE_MS,
    async work() {
      await retain(deps)
      return 0
    },
  })
  return [anchors, requests, retention]
}
