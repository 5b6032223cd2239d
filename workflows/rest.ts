import { condition, workflowInfo } from '@temporalio/workflow'

// A worker that starts reads the histories of all that talk just then: short ones bring it back sooner after a crash.
const EVENTS_MAX = 400
const BYTES_MAX = 1_048_576

/** Time to continue as new, at the next natural rest: the server suggests it, or our own budget is used up. */
export function historyIsLong(): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo()
  return continueAsNewSuggested || historyLength >= EVENTS_MAX || historySize >= BYTES_MAX
}

/**
 * Rests until a bell or an instant. Without an instant there is no time-out: a bell ends this rest, and the sweeper
 * rings when one was lost.
 *
 * @returns whether a bell ended it.
 */
export async function rest(isRung: () => boolean, wakeAtMs: number | null): Promise<boolean> {
  if (wakeAtMs === null) {
    await condition(isRung)
    return true
  }
  return condition(isRung, Math.max(1, wakeAtMs - Date.now()))
}

const instant = (ms: number): string => new Date(ms).toISOString()

/** Such a rest in words, for who looks at the workflow meanwhile. */
export const restInWords = (wakeAtMs: number | null): string =>
  `rests since ${instant(Date.now())} until a bell${wakeAtMs === null ? '' : `, at the latest ${instant(wakeAtMs)}`}`
