export const SERVICE_WINDOW_MS = 24 * 60 * 60 * 1_000

export type ServiceWindow = { kind: 'open'; remainingMs: number; closesAtMs: number } | { kind: 'closed' }

/**
 * The time in which a business may write freely, counted from when the contact sent the last message by the provider's
 * clock, not from when we received it. An inbound time that lies in the future counts as now.
 *
 * @param lastInboundAtMs epoch milliseconds, or undefined when the contact never wrote.
 */
export function serviceWindow(lastInboundAtMs: number | undefined, nowMs: number): ServiceWindow {
  const remainingMs = serviceWindowRemainingMs(lastInboundAtMs, nowMs)
  return remainingMs > 0 ? { kind: 'open', remainingMs, closesAtMs: nowMs + remainingMs } : { kind: 'closed' }
}

/** Milliseconds until the window closes: 0 when it is closed or was never open, at most 24 hours. */
export function serviceWindowRemainingMs(lastInboundAtMs: number | undefined, nowMs: number): number {
  if (lastInboundAtMs === undefined) return 0
  return Math.max(0, Math.min(lastInboundAtMs, nowMs) + SERVICE_WINDOW_MS - nowMs)
}
