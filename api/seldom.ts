import type { ApiDeps } from './deps.ts'

const AGAIN_AFTER_MS = 3_600_000
const SUBJECTS_MAX = 10_000

const told = new WeakMap<ApiDeps, Map<string, number>>()

/**
 * Whether it is time to write something down: once an hour for each subject and process, however often it happens. What
 * somebody outside can bring about at will must not fill a log that is kept.
 */
export function isTimeFor(deps: ApiDeps, subject: string): boolean {
  const known = told.get(deps) ?? new Map<string, number>()
  if (known.size >= SUBJECTS_MAX) known.clear()
  told.set(deps, known)
  const nowMs = deps.clock.nowMs()
  const lastMs = known.get(subject)
  if (lastMs !== undefined && nowMs - lastMs <= AGAIN_AFTER_MS) return false
  known.set(subject, nowMs)
  return true
}
