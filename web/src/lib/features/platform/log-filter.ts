import { createFilter, type Filter, spanOf } from '#lib/features/audit/address-filter.ts'

export type LogFilter = Filter<'who' | 'action'>

const filter = createFilter('/platform/audit', ['who', 'action'])
export const { none: NO_FILTER, read: readFilter, href: filterHref, count: countFilters } = filter

/** The same filter as the API takes it. */
export const queryOf = ({ who, action, ...days }: LogFilter) => ({ personId: who, action, ...spanOf(days) })
