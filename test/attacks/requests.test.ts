import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contractOf, type Operation } from '../api/contract.ts'
import { furnish } from '../api/furniture.ts'
import type { Browser } from '../api/house.ts'
import { asItIs, type Edit, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })

const post = (owner: Browser, body: string) => owner.request('POST', '/contacts', body)

holds('[S48] a body that is nested too deep, or has too many fields or values, is refused unread', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const depth = 60_000
    const bodies: Record<string, string> = {
      'nested lists': `${'['.repeat(depth)}${']'.repeat(depth)}`,
      'nested objects': `${'{"a":'.repeat(depth / 2)}1${'}'.repeat(depth / 2)}`,
      'many fields': `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join()}}`,
      'many values': `{"fields":[${'1,'.repeat(120_000)}1]}`,
    }
    const got: string[] = []
    for (const [name, body] of Object.entries(bodies)) {
      const { status } = await post(owner, body)
      if (status !== 413) got.push(`${name}: ${status}`)
    }
    return got
  },
  without: edit('api/middleware/body-limit.ts', 'if (refusal !== undefined) throw', 'if (false) throw'),
})

holds('[S48] a body beyond its bound is refused, whatever it says of its length', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const got: string[] = []
    for (const declared of [undefined, '10', '5000000']) {
      const body = `{"name":"${'x'.repeat(5_000_000)}","phone":"+4915112345678"}`
      const headers: Record<string, string> = declared === undefined ? {} : { 'content-length': declared }
      const { status } = await owner.request('POST', '/contacts', body, headers)
      if (status !== 413) got.push(`${declared}: ${status}`)
    }
    return got
  },
  without: [
    edit('api/middleware/body-limit.ts', 'if (size > maxBytes) throw tooLarge(maxBytes)', ''),
    edit(
      'api/middleware/body-limit.ts',
      'if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge(maxBytes)',
      '',
    ),
  ],
})

holds('[S48] a field that is there twice is refused: what one reader checks, another would run', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const bodies = ['{"name":"a","phone":"+4915112345678","phone":"+4915112345679"}']
    bodies.push('{"name":"a","phone":"+4915112345678","\\u0070hone":"+4915112345679"}')
    const got: string[] = []
    for (const body of bodies) if ((await post(owner, body)).status < 300) got.push(body)
    return got
  },
  without: edit('api/middleware/body-limit.ts', 'if (key !== undefined) throw odd(key)', ''),
})

holds('[S29] [S31] what nobody declared is refused by its name: operators, roles, tenants, prices', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const tries: [string, string, Record<string, unknown>][] = [
      ['PATCH', '/tenant', { plan: 'unlimited' }],
      ['PATCH', '/tenant', { status: 'active', $set: { plan: 'unlimited' } }],
      ['PATCH', '/tenant', { name: { $ne: null } }],
      ['PATCH', '/tenant', { name: ['a'] }],
    ]
    const got: string[] = []
    for (const [method, path, body] of tries) {
      const { status } = await owner.request(method, path, body)
      if (status !== 422) got.push(`${JSON.stringify(body)}: ${status}`)
    }
    return got
  },
  without: edit('domain/tenants/schema.ts', 'ChangeTenant = z\n  .strictObject(', 'ChangeTenant = z\n  .object('),
})

const POISON = [
  '{"name":"a","phone":"+4915112345678","__proto__":{"polluted":"yes"}}',
  '{"name":"a","phone":"+4915112345678","constructor":{"prototype":{"polluted":"yes"}}}',
  '{"name":"a","phone":"+4915112345678","fields":{"__proto__":{"polluted":"yes"}}}',
  '{"name":"a","phone":"+4915112345678","fields":{"__proto__.polluted":"yes"}}',
  '{"name":"a","phone":"+4915112345678","fields":{"constructor.prototype.polluted":"yes"}}',
  '{"name":"a","phone":"+4915112345678","fields":{"toString":"yes","valueOf":"yes"}}',
]

holds('[S28] no name of the machinery in a body changes an object that nobody sent, and each is refused', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const got: string[] = []
    for (const body of POISON) {
      const { status } = await post(owner, body)
      if (status !== 422) got.push(`${body}: ${status}`)
    }
    if (({} as { polluted?: string }).polluted !== undefined) got.push('every object is polluted')
    return [...got, ...Object.keys(Object.prototype)]
  },
  without: edit('api/middleware/body-limit.ts', 'if (key !== undefined) throw odd(key)', ''),
})

/** What was tried at lists: more filters than there are, jokers, all of time, and what breaks out of a search. */
const SEARCHES = [
  `q=${'%25'.repeat(30)}`,
  `q=${'_'.repeat(90)}`,
  `q=${encodeURIComponent("'; select pg_sleep(9) --")}`,
  `q=${encodeURIComponent('((((((((((')}`,
  `q=${'a%20'.repeat(40)}`,
  `q=${'x'.repeat(5_000)}`,
  Array.from({ length: 1_000 }, (_, index) => `tagId=018f0000-0000-7000-8000-${String(index).padStart(12, '0')}`).join(
    '&',
  ),
  'from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
  'limit=1000000&offset=999999999',
]

test('[S70] [S30] no question to a list, however odd, is an error or takes long', async () => {
  const house = await open(asItIs)
  const owner = await house.owner()
  const ids = await furnish(house, owner)
  const lists = contractOf(house.app).operations.filter(
    ({ query, access, method }: Operation) => method === 'GET' && query.includes('cursor') && access !== 'platform',
  )
  assert.ok(lists.length >= 12)
  for (const { path } of lists) {
    for (const query of SEARCHES) {
      const began = performance.now()
      const place = path.replace(/\{\w+\}/, ids[path.split('/')[1]!.replace(/s$/, '')] ?? ids['contact']!)
      const { status } = await owner.request('GET', `${place}?${query}`)
      assert.ok([200, 404, 422].includes(status), `${path}?${query.slice(0, 60)}: ${status}`)
      assert.ok(performance.now() - began < 10_000, path)
    }
  }
})

holds('[S70] a search that takes long is given up after two seconds, and others are served meanwhile', {
  open,
  async attack(house) {
    const owner = await house.owner()
    // The worst search there could be, as nobody has found one: it waits.
    await house.admin(`create or replace function search_words(input text) returns text[] language plpgsql immutable as
      $$ begin if input = 'bomb' then perform pg_sleep(30); end if; return array[input]; end $$`)
    const asked = owner.request('GET', '/contacts?q=bomb').then(({ status }) => status)
    const got: string[] = []
    const began = performance.now()
    if ((await owner.request('GET', '/contacts?q=other')).status !== 200) got.push('others are refused')
    if (performance.now() - began > 8_000) got.push('others wait')
    const status = await Promise.race([
      asked,
      new Promise<string>((resolve) => setTimeout(() => resolve('runs on'), 12_000)),
    ])
    if (status !== 503) got.push(String(status))
    await house.admin(`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'
      and datname = current_database()`)
    await asked
    return got
  },
  without: edit('api/routing.ts', "if (isList(spec)) c.set('statementWithinMs', LIST_STATEMENT_MS)", ''),
})
