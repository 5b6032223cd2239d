import { anchorAudit } from './audit-anchors.ts'
import { type Loop, startLoop } from './loop.ts'
import type { SweepDeps } from './sweep.ts'

const MINUTE_MS = 60_000

/** The loops that keep what people are owed: the ends of the audit chains are written down outside the database. */
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
  return [anchors]
}
