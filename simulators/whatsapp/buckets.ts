import { apiError } from './errors.ts'
import { threadKey } from './model.ts'

type Level = { tokens: number; atMs: number }

const PAIR_BURST = 45
const PAIR_REFILL_MS = 6_000

/** Two leaky buckets: messages per second of a number (both directions), and of one number to one person. */
export class RateLimits {
  /** Messages per second and number; 0 lifts the limit. */
  mps = 80
  pairLimits = true
  readonly #numbers = new Map<string, Level>()
  readonly #pairs = new Map<string, Level>()

  spend(numberId: string, customer: string, nowMs: number): void {
    if (this.mps > 0 && !take(this.#numbers, numberId, { nowMs, depth: this.mps, refillMs: 1_000 / this.mps })) {
      throw apiError(130429, 'Message failed to send because there were too many messages sent from this phone number.')
    }
    if (!this.pairLimits) return
    const key = threadKey(customer, numberId)
    if (!take(this.#pairs, key, { nowMs, depth: PAIR_BURST, refillMs: PAIR_REFILL_MS })) {
      throw apiError(
        131056,
        'Message failed to send because there were too many messages sent from this phone number to the same phone number.',
      )
    }
    if (this.#pairs.size > 200_000) this.#sweep(nowMs)
  }

  /** An incoming message counts against the number's throughput, and is never refused. */
  countIncoming(numberId: string, nowMs: number): void {
    if (this.mps > 0) take(this.#numbers, numberId, { nowMs, depth: this.mps, refillMs: 1_000 / this.mps })
  }

  #sweep(nowMs: number): void {
    for (const [key, level] of this.#pairs) {
      if (nowMs - level.atMs > PAIR_BURST * PAIR_REFILL_MS) this.#pairs.delete(key)
    }
  }
}

type BucketRule = { nowMs: number; depth: number; refillMs: number }

function take(levels: Map<string, Level>, key: string, { nowMs, depth, refillMs }: BucketRule): boolean {
  const level = levels.get(key)
  const tokens = level ? Math.min(depth, level.tokens + Math.max(0, nowMs - level.atMs) / refillMs) : depth
  const spent = tokens >= 1
  levels.set(key, { tokens: spent ? tokens - 1 : tokens, atMs: nowMs })
  return spent
}
