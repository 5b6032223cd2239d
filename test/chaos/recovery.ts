import type { Question } from './customers.ts'
import type { Evidence } from './evidence.ts'
import type { Kill } from './killer.ts'
import type { Target } from './options.ts'

/** Seconds after a kill: the process is up, the next message was acknowledged, the next message was answered. */
export type Recovery = {
  target: Target
  atMs: number
  upS: number | undefined
  ackS: number | undefined
  answerS: number | undefined
}

/**
 * First successes after each kill. Only messages written after the kill count: what was under way before it may still
 * come through, and says nothing.
 */
export function recoveries(kills: readonly Kill[], questions: readonly Question[], evidence: Evidence): Recovery[] {
  const answeredAt = new Map<string, number>()
  for (const { token, atMs } of evidence.sends) if (!answeredAt.has(token)) answeredAt.set(token, atMs)
  const first = (atMs: number, timeOf: (question: Question) => number | undefined): number | undefined => {
    let best: number | undefined
    for (const question of questions) {
      if (question.postedMs < atMs) continue
      const time = timeOf(question)
      if (time !== undefined && (best === undefined || time < best)) best = time
    }
    return best
  }
  const after = (atMs: number, at: number | undefined) => (at === undefined ? undefined : (at - atMs) / 1_000)
  return kills.map(({ target, atMs, upMs }) => ({
    target,
    atMs,
    upS: after(atMs, upMs),
    ackS: after(
      atMs,
      first(atMs, ({ wamid }) => evidence.items.get(wamid)?.atMs),
    ),
    answerS: after(
      atMs,
      first(atMs, ({ token }) => answeredAt.get(token)),
    ),
  }))
}
