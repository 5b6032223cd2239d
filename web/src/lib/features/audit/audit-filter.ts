import { ACTOR_KINDS } from '#domain/tenants/audit-log.ts'
import { createFilter, type Filter, spanOf } from './address-filter.ts'

/** What the page of the log is about: `who` is a person or a kind of actor. */
export type AuditFilter = Filter<'subject' | 'who'>

const filter = createFilter('/settings/audit', ['subject', 'who'])
export const { none: NO_FILTER, read: readFilter, href: filterHref, count: countFilters } = filter

const isKind = (who: string | undefined) => (ACTOR_KINDS as readonly (string | undefined)[]).includes(who)

/** The same filter as the API takes it. */
export const queryOf = ({ subject, who, ...days }: AuditFilter) => ({
  subjectType: subject,
  actorKind: isKind(who) ? who : undefined,
  actorId: isKind(who) ? undefined : who,
  ...spanOf(days),
})
