import { z } from 'zod'

/** CONV-02, SEC-09: nobody can choose less than a year for either. */
export const HISTORY_MONTHS_MIN = 12
export const RETENTION_DEFAULT = { historyMonths: 12, auditMonths: 24, rawDays: 90, deliveryDays: 30 } as const

/** What somebody was told in the app: what it is about is found without it. The same for everybody. */
export const NOTICES_KEPT_DAYS = 90

/** How long a tenant keeps what. */
export const RetentionPolicy = z
  .strictObject({
    /** Closed conversations, their messages and files, runs and events. */
    historyMonths: z.int().min(HISTORY_MONTHS_MIN).max(120),
    auditMonths: z.int().min(HISTORY_MONTHS_MIN).max(120),
    /** Webhooks as they came in; longer than providers repeat them. */
    rawDays: z.int().min(15).max(400),
    /** Webhooks as they went out, with what was answered; longer than the longest of them is tried. */
    deliveryDays: z.int().min(7).max(400),
  })
  .meta({ id: 'RetentionPolicy' })
export type RetentionPolicy = z.infer<typeof RetentionPolicy>

export const ChangeRetention = RetentionPolicy.partial().meta({ id: 'ChangeRetention' })
export type ChangeRetention = z.infer<typeof ChangeRetention>

export const RETENTION_LIMITS = [
  'historyBeforeMs',
  'auditBeforeMs',
  'rawBeforeMs',
  'deliveryBeforeMs',
  'noticesBeforeMs',
] as const
export type RetentionLimit = (typeof RETENTION_LIMITS)[number]
export type RetentionLimits = Record<RetentionLimit, number>

const DAY_MS = 86_400_000

/** The instants before which a policy keeps nothing. Months are those of the calendar, in UTC. */
export function retentionLimits(policy: RetentionPolicy, nowMs: number): RetentionLimits {
  return {
    historyBeforeMs: monthsBefore(nowMs, policy.historyMonths),
    auditBeforeMs: monthsBefore(nowMs, policy.auditMonths),
    rawBeforeMs: nowMs - policy.rawDays * DAY_MS,
    deliveryBeforeMs: nowMs - policy.deliveryDays * DAY_MS,
    noticesBeforeMs: nowMs - NOTICES_KEPT_DAYS * DAY_MS,
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
