import { z } from 'zod'

/** CONV-02, SEC-09: nobody can choose less than a year for either. */
export const HISTORY_MONTHS_MIN = 12
export const RETENTION_DEFAULT = { historyMonths: 12, auditMonths: 24, rawDays: 90 } as const

/** How long a tenant keeps what. */
export const RetentionPolicy = z
  .strictObject({
    /** Closed conversations, their messages and files, runs and events. */
    historyMonths: z.int().min(HISTORY_MONTHS_MIN).max(120),
    auditMonths: z.int().min(HISTORY_MONTHS_MIN).max(120),
    /** Webhooks as they came in; longer than providers repeat them. */
    rawDays: z.int().min(15).max(400),
  })
  .meta({ id: 'RetentionPolicy' })
export type RetentionPolicy = z.infer<typeof RetentionPolicy>

export const ChangeRetention = RetentionPolicy.partial().meta({ id: 'ChangeRetention' })
export type ChangeRetention = z.infer<typeof ChangeRetention>

export type RetentionLimits = { historyBeforeMs: number; auditBeforeMs: number; rawBeforeMs: number }

/** The instants before which a policy keeps nothing. Months are those of the calendar, in UTC. */
export function retentionLimits(policy: RetentionPolicy, nowMs: number): RetentionLimits {
  return {
    historyBeforeMs: monthsBefore(nowMs, policy.historyMonths),
    auditBeforeMs: monthsBefore(nowMs, policy.auditMonths),
    rawBeforeMs: nowMs - policy.rawDays * 86_400_000,
  }
}

function monthsBefore(nowMs: number, months: number): number {
  const at = new Date(nowMs)
  const day = at.getUTCDate()
  at.setUTCDate(1)
  at.setUTCMonth(at.getUTCMonth() - months)
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate()
  return at.setUTCDate(Math.min(day, lastDay))
}
