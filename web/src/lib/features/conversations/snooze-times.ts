export type SnoozeTime = { key: 'in_1_hour' | 'in_3_hours' | 'tomorrow' | 'next_week'; at: Date }

const MORNING_HOUR = 9
const HOUR_MS = 3_600_000

/** The usual times to be reminded, in the reader's own zone. */
export function snoozeTimes(nowMs: number): SnoozeTime[] {
  const morning = (days: number): Date => {
    const date = new Date(nowMs)
    date.setDate(date.getDate() + days)
    date.setHours(MORNING_HOUR, 0, 0, 0)
    return date
  }
  const daysToMonday = (8 - new Date(nowMs).getDay()) % 7 || 7
  return [
    { key: 'in_1_hour', at: new Date(nowMs + HOUR_MS) },
    { key: 'in_3_hours', at: new Date(nowMs + 3 * HOUR_MS) },
    { key: 'tomorrow', at: morning(1) },
    { key: 'next_week', at: morning(daysToMonday) },
  ]
}
