import { expect, test } from 'vitest'
import { countFilters, countMenu, filterHref, NO_FILTER, queryOf, readFilter } from './request-filter.ts'

const KEY = '018f4e5c-0000-7000-8000-000000000002'

test('a filter stands in the address and comes back from it', () => {
  const filter = {
    ...NO_FILTER,
    route: '/contacts',
    request: 'order-4711',
    who: 'api_key',
    key: KEY,
    from: '2026-03-01',
  }
  const href = filterHref(filter)
  expect(href).toBe(`/settings/request-log?route=%2Fcontacts&request=order-4711&who=api_key&key=${KEY}&from=2026-03-01`)
  expect(readFilter(new URL(href, 'http://x').searchParams)).toEqual(filter)
  expect([countFilters(filter), countMenu(filter)]).toEqual([5, 2])
  expect(filterHref(NO_FILTER)).toBe('/settings/request-log')
})

test('the API is asked for the request by its id, for one key, and for whole days', () => {
  const query = queryOf({ ...NO_FILTER, request: 'order-4711', key: KEY, from: '2026-03-01', to: '2026-03-01' })
  expect(query).toMatchObject({ requestId: 'order-4711', principalId: KEY, route: undefined })
  expect(Date.parse(query.to!) - Date.parse(query.from!)).toBe(86_400_000)
  expect(queryOf({ ...NO_FILTER, request: 'x'.repeat(200) }).requestId).toHaveLength(64)
})
