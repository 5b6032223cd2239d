import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createApp } from '#api/app.ts'
import { ADDRESS_REQUESTS_PER_MINUTE } from '#domain/rate-limits/allowance.ts'
import { createDb } from '#infra/db/tx.ts'
import { type Browser, openHouse } from './house.ts'
import { type Asked, askAs, makeKey, setLimits } from './program.ts'

const house = await openHouse()

// A second process of the API: it shares nothing with the first one but Postgres.
const { urls } = house.database
const secondDb = createDb({ appUrl: urls.app, relayUrl: urls.relay, poolSize: 6, relayPoolSize: 2 })
after(() => secondDb.close())
const second = createApp({ ...house.deps, db: secondDb })

const burst = (count: number, one: (index: number) => Promise<Response>) =>
  Promise.all(Array.from({ length: count }, (_, index) => one(index)))
const passed = (responses: readonly Response[]) => responses.filter(({ status }) => status === 200).length
const refusals = (responses: readonly Response[]) => responses.filter(({ status }) => status === 429)

/** What the allowance gave back while a burst was on its way is let through as well. */
const within = (count: number, { limit, startedMs }: { limit: number; startedMs: number }) => {
  const most = limit + Math.ceil(((Date.now() - startedMs) / 60_000) * limit)
  assert.ok(count >= limit && count <= most, `${count} got through, of ${limit} to ${most}`)
}

/** Turns the clock of all allowances forward. */
const passSeconds = (seconds: number) =>
  house.admin('update tenant_rates set full_at = full_at - make_interval(secs => $1)', [seconds])

test('[PERF-16] [INT-25] a hundred requests in a minute pass, and what is beyond the limit of the tenant does not', async () => {
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, { requestsPerMinute: 100 })
  const { secret } = await makeKey(owner)
  const startedMs = Date.now()
  const responses = await burst(140, () => askAs(house, secret, '/contacts'))
  within(passed(responses), { limit: 100, startedMs })
  const [refused] = refusals(responses)
  assert.equal(refusals(responses).length + passed(responses), 140)
  const problem = (await refused!.json()) as { code: string }
  assert.equal(problem.code, 'rate_limited')
  assert.ok(Number(refused!.headers.get('retry-after')) >= 1)
  assert.match(refused!.headers.get('ratelimit-policy') ?? '', /"tenant";q=100;w=60/)
  assert.match(refused!.headers.get('ratelimit') ?? '', /"tenant";r=0;t=\d+/)
})

test('[PERF-16] by the plan of the house more than a hundred pass without a word', async () => {
  const owner = await house.owner()
  const { secret } = await makeKey(owner)
  const responses = await burst(120, () => askAs(house, secret, '/contacts'))
  assert.equal(passed(responses), 120)
})

test('[INT-25] headers count down, and after the wait they name one request is let through again', async () => {
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, { requestsPerMinute: 3, keyRequestsPerMinute: 3 })
  const { secret } = await makeKey(owner)
  const left: (string | undefined)[] = []
  for (let index = 0; index < 3; index += 1) {
    const response = await askAs(house, secret, '/contacts')
    left.push(/"key";r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1])
  }
  assert.deepEqual(left, ['2', '1', '0'])
  const refused = await askAs(house, secret, '/contacts')
  assert.equal(refused.status, 429)
  const wait = Number(refused.headers.get('retry-after'))
  assert.ok(wait > 0 && wait <= 20, String(wait))
  await passSeconds(wait)
  assert.equal((await askAs(house, secret, '/contacts')).status, 200)
  assert.equal((await askAs(house, secret, '/contacts')).status, 429)
})

test('[INT-25] a key is told where it stands by each answer, refusals too; people only beyond the limit, and the contract says so', async () => {
  const owner = await house.owner()
  const { secret } = await makeKey(owner, { permissions: ['contacts.read'] })
  const statuses: number[] = []
  for (const path of ['/contacts', '/flows', '/contacts/nonsense', '/contacts/018f0000-0000-7000-8000-000000000000']) {
    const answer = await askAs(house, secret, path)
    statuses.push(answer.status)
    assert.match(answer.headers.get('ratelimit') ?? '', /^"key";r=\d+;t=\d+, "tenant";r=\d+;t=\d+$/, path)
  }
  assert.deepEqual(statuses, [200, 403, 422, 404])
  assert.equal((await owner.request('GET', '/contacts')).headers.get('ratelimit'), null)

  type Told = { 'x-access': string; 'x-people-only'?: boolean; responses: Record<string, { headers?: object }> }
  const { paths } = (await (await house.app.request('/api/openapi.json')).json()) as {
    paths: Record<string, Record<string, Told>>
  }
  for (const [path, methods] of Object.entries(paths)) {
    for (const operation of Object.values(methods)) {
      const good = Object.entries(operation.responses).find(([status]) => status < '400')!
      const isForKeys = operation['x-access'] !== 'public' && !operation['x-people-only']
      assert.equal('RateLimit' in (good[1].headers ?? {}), isForKeys, path)
    }
  }
})

test('[S57] two processes count as one', async () => {
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, { requestsPerMinute: 100 })
  const { secret } = await makeKey(owner)
  const startedMs = Date.now()
  const responses = await burst(200, (index) =>
    askAs(house, secret, '/contacts', { app: index % 2 === 0 ? house.app : second }),
  )
  within(passed(responses), { limit: 100, startedMs })
})

test('[S57] a tenant gets no more with more keys, and one key that hammers leaves the others their share', async () => {
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, { requestsPerMinute: 100, keyRequestsPerMinute: 40 })
  const [loud, quiet, third, fourth] = await Promise.all([
    makeKey(owner),
    makeKey(owner),
    makeKey(owner),
    makeKey(owner),
  ])
  let startedMs = Date.now()
  const hammering = await burst(100, () => askAs(house, loud.secret, '/contacts'))
  within(passed(hammering), { limit: 40, startedMs })
  assert.match(refusals(hammering)[0]!.headers.get('ratelimit') ?? '', /"key";r=0/)
  assert.equal((await askAs(house, quiet.secret, '/contacts')).status, 200)
  startedMs = Date.now()
  const hopping = await burst(120, (index) => askAs(house, [quiet, third, fourth][index % 3]!.secret, '/contacts'))
  const through = passed(hopping) + passed(hammering) + 1
  within(through, { limit: 100, startedMs: startedMs - 5_000 })
})

test('[S57] one tenant at its limit costs another tenant nothing', async () => {
  const [busy, other] = [await house.owner(), await house.owner()]
  await setLimits(house, busy.tenantId, { requestsPerMinute: 100 })
  const keys = [await makeKey(busy), await makeKey(other)]
  const responses = await burst(130, () => askAs(house, keys[0]!.secret, '/contacts'))
  assert.ok(refusals(responses).length >= 20)
  assert.equal((await askAs(house, keys[1]!.secret, '/contacts')).status, 200)
})

test('[S57] other spellings of a path are no other allowance', async () => {
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, { requestsPerMinute: 100 })
  const { secret } = await makeKey(owner)
  const paths = ['/contacts', '/contacts?limit=1', '/contacts?limit=2', '/tags', '/flows']
  const responses = await burst(150, (index) => askAs(house, secret, paths[index % paths.length]!))
  assert.ok(refusals(responses).length >= 38, String(refusals(responses).length))
})

test('[INT-25] a person is bounded as well, whatever the screen asks', async () => {
  const owner = await house.owner()
  await setLimits(house, owner.tenantId, { personRequestsPerMinute: 40 })
  const responses = await burst(80, () => owner.request('GET', '/contacts'))
  // What the process had taken for them before, at most twenty, is theirs.
  assert.ok(passed(responses) >= 40 && passed(responses) <= 40 + 20 + 2, String(passed(responses)))
  const refused = refusals(responses)[0]!
  assert.equal(((await refused.json()) as { code: string }).code, 'rate_limited')
  assert.ok(refused.headers.has('retry-after'))
})

test('[S57] who has not proven to belong anywhere is bounded by address, and a whole network of IPv6 is one', async () => {
  // More than is allowed, so that what comes back while the test runs lets nobody through.
  const spend = (address: string) =>
    house.admin(
      `insert into address_rates values ($1, now() + interval '90 seconds') on conflict (address) do update set full_at = excluded.full_at`,
      [address],
    )
  const from = (address: string, asked: Asked & { secret?: string } = {}) =>
    askAs(house, asked.secret, '/config', { address, ...asked })
  await spend('203.0.113.50')
  await spend('2001:db8:5:6::/64')
  for (const address of [
    '203.0.113.50',
    '::ffff:203.0.113.50',
    '2001:db8:5:6::1',
    '2001:db8:5:6:ffff:ffff:ffff:ffff',
  ]) {
    const refused = await from(address)
    assert.equal(refused.status, 429, address)
    assert.match(
      refused.headers.get('ratelimit-policy') ?? '',
      new RegExp(`"address";q=${ADDRESS_REQUESTS_PER_MINUTE};`),
    )
  }
  assert.equal((await from('203.0.113.51')).status, 200)
  assert.equal((await from('2001:db8:5:7::1')).status, 200)
  // A forwarding header of their own does not give them another address.
  assert.equal((await from('203.0.113.50', { headers: { 'x-forwarded-for': '203.0.113.51' } })).status, 429)
  // Trying keys is counted before each try; a key that is good is not held up by its neighbours.
  const wrong = await askAs(house, `hf_${'A'.repeat(43)}`, '/contacts', { address: '203.0.113.50' })
  assert.equal(wrong.status, 429)
  const owner = await house.owner()
  const { secret } = await makeKey(owner)
  assert.equal((await askAs(house, secret, '/contacts')).status, 200)
  assert.equal((await askAs(house, secret, '/contacts', { address: '203.0.113.50' })).status, 200)
  assert.equal((await askAs(house, undefined, '/health/live', { address: '203.0.113.50' })).status, 200)
})

test('[S57] whoever is signed in and refused at the door is bounded by address as well', async () => {
  const [gone, shut, asked, outsider] = await Promise.all([house.owner(), house.owner(), house.owner(), house.owner()])
  await house.admin(`update memberships set status = 'disabled' where tenant_id = $1`, [gone.tenantId])
  await house.admin(`update tenants set status = 'suspended' where id = $1`, [shut.tenantId])
  await house.admin(`update tenants set settings = '{"secondFactor":"all"}' where id = $1`, [asked.tenantId])
  const tries: [Browser, string, string][] = [
    [gone, '/contacts', 'forbidden'],
    [shut, '/contacts', 'tenant_suspended'],
    [asked, '/contacts', 'second_factor_missing'],
    [outsider, '/platform/tenants', 'forbidden'],
  ]
  const spent = `update address_rates set full_at = now() + interval '90 seconds'`
  for (const [browser, path, code] of tries) {
    await house.admin('truncate address_rates')
    const refused = await browser.request('GET', path)
    assert.deepEqual([refused.status, ((await refused.json()) as { code: string }).code], [403, code])
    await house.admin(spent)
    assert.equal((await browser.request('GET', path)).status, 429, code)
  }
  // Who is let in is charged for themselves, whoever else asks from where they sit.
  assert.equal((await outsider.request('GET', '/contacts')).status, 200)
})
