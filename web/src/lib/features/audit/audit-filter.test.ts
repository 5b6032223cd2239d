import { expect, test } from 'vitest'
import { countFilters, filterHref, NO_FILTER, queryOf, readFilter } from './audit-filter.ts'

const PERSON = '018f4e5c-0000-7000-8000-000000000002'

test('a filter stands in the address and comes back from it; what is no day is none', () => {
  const filter = { subject: 'flow', who: PERSON, from: '2026-03-01', to: '2026-03-02' }
  const href = filterHref(filter)
  expect(href).toBe(`/settings/audit?subject=flow&who=${PERSON}&from=2026-03-01&to=2026-03-02`)
  expect(readFilter(new URL(href, 'http://x').searchParams)).toEqual(filter)
  expect(countFilters(filter)).toBe(4)
  expect(readFilter(new URLSearchParams('from=yesterday&to='))).toEqual(NO_FILTER)
  expect(filterHref(NO_FILTER)).toBe('/settings/audit')
})

test('the last day is meant to its end, and a kind of actor is no id', () => {
  const day = queryOf({ ...NO_FILTER, from: '2026-03-01', to: '2026-03-01' })
  expect(Date.parse(day.to!) - Date.parse(day.from!)).toBe(86_400_000)
  expect(queryOf({ ...NO_FILTER, who: 'api_key' })).toMatchObject({ actorKind: 'api_key', actorId: undefined })
  expect(queryOf({ ...NO_FILTER, who: PERSON })).toMatchObject({ actorKind: undefined, actorId: PERSON })
})
