import { createFilter, type Filter, spanOf } from '#lib/features/audit/address-filter.ts'

/** What the page of the log is about: a part of a route, one request, what came of it, who asked, and one key. */
export type RequestFilter = Filter<'route' | 'request' | 'outcome' | 'who' | 'key'>

const filter = createFilter('/settings/request-log', ['route', 'request', 'outcome', 'who', 'key'])
export const { none: NO_FILTER, read: readFilter, href: filterHref, count: countFilters } = filter

/** What is chosen in the menu; the rest stands in sight. */
export const countMenu = ({ outcome, who, from, to }: RequestFilter): number =>
  countFilters({ ...NO_FILTER, outcome, who, from, to })

/** No request has a longer id, and the API refuses to look for one. */
const REQUEST_ID_MAX = 64

/** The same filter as the API takes it. */
export const queryOf = ({ route, request, outcome, who, key, ...days }: RequestFilter) => ({
  route,
  requestId: request?.slice(0, REQUEST_ID_MAX),
  outcome,
  principalKind: who,
  principalId: key,
  ...spanOf(days),
})
