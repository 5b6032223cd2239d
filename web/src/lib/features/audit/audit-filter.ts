import { ACTOR_KINDS } from '#domain/tenants/audit-log.ts'

/** What the page of the log is about: `who` is a person or a kind of actor; days are those of the reader's zone. */
export type AuditFilter = {
  subject: string | undefined
  who: string | undefined
  from: string | undefined
  to: string | undefined
}

export const NO_FILTER: AuditFilter = { subject: undefined, who: undefined, from: undefined, to: undefined }
const NAMES = ['subject', 'who', 'from', 'to'] as const
const DAY = /^\d{4}-\d{2}-\d{2}$/
const isDay = (text: string | null): text is string => text !== null && DAY.test(text)

export function readFilter(search: Pick<URLSearchParams, 'get'>): AuditFilter {
  const [from, to] = [search.get('from'), search.get('to')]
  return {
    subject: search.get('subject') ?? undefined,
    who: search.get('who') ?? undefined,
    from: isDay(from) ? from : undefined,
    to: isDay(to) ? to : undefined,
  }
}

export function filterHref(filter: AuditFilter): string {
  const search = new URLSearchParams()
  for (const name of NAMES) if (filter[name]) search.set(name, filter[name])
  return search.size === 0 ? '/settings/audit' : `/settings/audit?${search}`
}

export const countFilters = (filter: AuditFilter): number => NAMES.filter((name) => filter[name] !== undefined).length

/** Midnight at the beginning of a day of the reader, or of the one after. */
function instant(day: string | undefined, days = 0): string | undefined {
  if (day === undefined) return undefined
  const at = new Date(`${day}T00:00:00`)
  at.setDate(at.getDate() + days)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

const isKind = (who: string | undefined) => (ACTOR_KINDS as readonly (string | undefined)[]).includes(who)

/** The same filter as the API takes it; the last day is meant to its end. */
export function queryOf({ subject, who, from, to }: AuditFilter) {
  return {
    subjectType: subject,
    actorKind: isKind(who) ? who : undefined,
    actorId: isKind(who) ? undefined : who,
    from: instant(from),
    to: instant(to, 1),
  }
}
