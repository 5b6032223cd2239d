/** CONV-10 to CONV-13: how much one contact may write. Windows begin with their first message. */
export const INBOUND_LIMITS = {
  message: { max: 20, windowMs: 60_000 },
  conversation: { max: 5, windowMs: 3_600_000 },
} as const
/** CONV-12: a block lasts this long after the last message in excess. */
export const BLOCK_MS = 600_000

export type BucketType = keyof typeof INBOUND_LIMITS

export type Bucket = { windowStartMs: number; windowEndMs: number; count: number; blockedUntilMs: number | null }

export type LimitVerdict =
  | { kind: 'pass'; bucket: Bucket }
  /** `newlyBlocked` is true for the first one in excess only: supervisors are told once. */
  | { kind: 'hold'; bucket: Bucket; untilMs: number; newlyBlocked: boolean }

/**
 * Counts one message of a contact. The 21st within a window is held, and so is all that follows until ten minutes have
 * passed without excess: each held message prolongs the block.
 *
 * @param bucket what is known so far, or undefined for a contact's first.
 */
export function countMessage(bucket: Bucket | undefined, nowMs: number): LimitVerdict {
  if (bucket?.blockedUntilMs != null && nowMs < bucket.blockedUntilMs) {
    const untilMs = nowMs + BLOCK_MS
    return {
      kind: 'hold',
      bucket: { ...bucket, count: bucket.count + 1, blockedUntilMs: untilMs },
      untilMs,
      newlyBlocked: false,
    }
  }
  const current = counted(bucket, nowMs, INBOUND_LIMITS.message.windowMs)
  if (current.count <= INBOUND_LIMITS.message.max) return { kind: 'pass', bucket: current }
  const untilMs = nowMs + BLOCK_MS
  return { kind: 'hold', bucket: { ...current, blockedUntilMs: untilMs }, untilMs, newlyBlocked: true }
}

/**
 * Counts the opening of one conversation. The sixth within an hour is not opened: its message is held until the hour has
 * room, and the count stays, so that what is held does not push the window on.
 */
export function countConversation(bucket: Bucket | undefined, nowMs: number): LimitVerdict {
  const current = counted(bucket, nowMs, INBOUND_LIMITS.conversation.windowMs)
  if (current.count <= INBOUND_LIMITS.conversation.max) return { kind: 'pass', bucket: current }
  return {
    kind: 'hold',
    bucket: { ...current, count: INBOUND_LIMITS.conversation.max, blockedUntilMs: current.windowEndMs },
    untilMs: current.windowEndMs,
    newlyBlocked: bucket?.blockedUntilMs == null,
  }
}

function counted(bucket: Bucket | undefined, nowMs: number, windowMs: number): Bucket {
  if (bucket === undefined || nowMs >= bucket.windowEndMs) {
    return { windowStartMs: nowMs, windowEndMs: nowMs + windowMs, count: 1, blockedUntilMs: null }
  }
  return { ...bucket, count: bucket.count + 1, blockedUntilMs: null }
}
