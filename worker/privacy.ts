import { anchorAudit } from './audit-anchors.ts'
import { startDataRequests } from './data-requests.ts'
import { type Loop, startLoop } from './loop.ts'
import type { SweepDeps } from './sweep.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

/** The loops that keep what people are owed: exports and erasures begin, audit chains are noted outside the database. */
export function startPrivacyLoops(deps: SweepDeps & { anchorFile: string }): Loop[] {
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
  return [anchors, requests]
}
