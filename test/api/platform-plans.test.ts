import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plan } from '#domain/platform/plans.ts'
import { HOUSE_LIMITS } from '#domain/quotas/plans.ts'
import { type Browser, openHouse } from './house.ts'
import { askAs, makeKey } from './program.ts'

const house = await openHouse()
const platform = await house.administrator()
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code
const plans = async () => (await platform.json<{ items: Plan[] }>(200, 'GET', '/platform/plans')).items
const make = (key: string, more: object = {}) =>
  platform.json<Plan>(201, 'POST', '/platform/plans', { key, name: `Plan ${key}`, ...more })
const change = (key: string, body: object) => platform.json<Plan>(200, 'PATCH', `/platform/plans/${key}`, body)
const give = (tenant: Browser, plan: string) =>
  platform.request('PATCH', `/platform/tenants/${tenant.tenantId}`, { plan })
const planOf = async (tenant: Browser) => (await tenant.json<{ plan: string }>(200, 'GET', '/tenant')).plan

test('[BILL-01] an administrator makes a plan with limits of its own, and a tenant that gets it is held to them', async () => {
  const made = await make('small', { limits: { tags: 1, requestsPerMinute: 150, members: null } })
  assert.partialDeepStrictEqual(made, { limits: { tags: 1, requestsPerMinute: 150 }, isDefault: false, tenantCount: 0 })
  const owner = await house.owner()
  assert.equal((await give(owner, 'small')).status, 200)
  type Usage = { plan: object; quotas: { quota: string; limit: number }[]; rates: { rate: string; limit: number }[] }
  const usage = await owner.json<Usage>(200, 'GET', '/usage')
  assert.deepEqual(usage.plan, { key: 'small', name: 'Plan small' })
  assert.equal(usage.quotas.find(({ quota }) => quota === 'members')?.limit, HOUSE_LIMITS.members)
  assert.equal(usage.rates.find(({ rate }) => rate === 'requestsPerMinute')?.limit, 150)
  await owner.json(201, 'POST', '/tags', { name: 'one' })
  assert.equal(await codeOf(await owner.request('POST', '/tags', { name: 'two' })), 'quota_exceeded')
  assert.deepEqual((await change('small', { name: 'Small', limits: { tags: 2 } })).limits, {
    tags: 2,
    requestsPerMinute: 150,
  })
  await owner.json(201, 'POST', '/tags', { name: 'two' })
  await change('small', { limits: { tags: null } })
  await owner.json(201, 'POST', '/tags', { name: 'three' })
  assert.equal((await plans()).find(({ key }) => key === 'small')?.tenantCount, 1)
})

test('[PERF-16] [BILL-01] neither a plan nor a tenant gets less than a hundred requests a minute', async () => {
  const owner = await house.owner()
  await make('tight')
  for (const rate of ['requestsPerMinute', 'keyRequestsPerMinute', 'personRequestsPerMinute']) {
    const low = { [rate]: 99 }
    const refused = [
      await platform.request('POST', '/platform/plans', { key: 'low', name: 'Low', limits: low }),
      await platform.request('PATCH', '/platform/plans/tight', { limits: low }),
      await platform.request('PATCH', `/platform/tenants/${owner.tenantId}`, { quotas: low }),
    ]
    for (const [index, response] of refused.entries()) {
      const { errors } = (await response.json()) as { errors: { path: string }[] }
      assert.deepEqual([response.status, errors[0]?.path], [422, `/${index === 2 ? 'quotas' : 'limits'}/${rate}`])
    }
    await change('tight', { limits: { [rate]: 100 } })
    await platform.json(200, 'PATCH', `/platform/tenants/${owner.tenantId}`, { quotas: { [rate]: 100 } })
  }
  // Rows that are older than this rule, or that somebody wrote by hand.
  await house.admin(`update tenants set quotas = '{"requestsPerMinute": 2}' where id = $1`, [owner.tenantId])
  const { secret } = await makeKey(owner)
  const statuses = await Promise.all(
    Array.from({ length: 100 }, async () => (await askAs(house, secret, '/contacts')).status),
  )
  assert.deepEqual([...new Set(statuses)], [200])
})

test('a new tenant gets the default plan or the one that is named, and there is one default', async () => {
  await make('start', { limits: { flows: 3 } })
  await change('start', { isDefault: true })
  assert.deepEqual(
    (await plans()).filter(({ isDefault }) => isDefault).map(({ key }) => key),
    ['start'],
  )
  assert.equal(await planOf(await house.owner()), 'start')
  const made = { name: 'By hand', ownerEmail: 'hand@platform.test' }
  const named = await platform.json<{ plan: string }>(201, 'POST', '/platform/tenants', { ...made, plan: 'default' })
  assert.equal(named.plan, 'default')
  const none = await platform.request('POST', '/platform/tenants', { ...made, plan: 'none' })
  assert.equal(none.status, 422)
  assert.equal((await platform.request('PATCH', '/platform/plans/start', { isDefault: false })).status, 422)
  await Promise.all(['default', 'start', 'default'].map((key) => change(key, { isDefault: true })))
  assert.equal((await plans()).filter(({ isDefault }) => isDefault).length, 1)
  await change('default', { isDefault: true })
})

test('a plan that is retired stays with who has it, is given to nobody else, and can come back', async () => {
  await make('old')
  const [keeps, comes] = [await house.owner(), await house.owner()]
  await give(keeps, 'old')
  const retire = (key: string) => platform.request('POST', `/platform/plans/${key}/retire`)
  assert.equal(await codeOf(await retire('default')), 'conflict')
  assert.equal((await retire('old')).status, 200)
  assert.deepEqual([await planOf(keeps), (await give(keeps, 'old')).status], ['old', 200])
  const offered = async ({ tenantId }: Browser) => {
    const path = `/platform/tenants/${tenantId}`
    return (await platform.json<{ plans: Pick<Plan, 'key'>[] }>(200, 'GET', path)).plans.map(({ key }) => key)
  }
  assert.ok((await offered(keeps)).includes('old'))
  assert.ok(!(await offered(comes)).includes('old'))
  assert.equal((await give(comes, 'old')).status, 422)
  const made = { name: 'Late', ownerEmail: 'late@platform.test', plan: 'old' }
  assert.equal((await platform.request('POST', '/platform/tenants', made)).status, 422)
  assert.equal((await platform.request('PATCH', '/platform/plans/old', { isDefault: true })).status, 409)
  assert.equal((await plans()).at(-1)?.key, 'old', 'at the end of the list')
  await platform.json(200, 'POST', '/platform/plans/old/restore')
  assert.equal((await give(comes, 'old')).status, 200)
})

test('what is no plan is refused by its field, and a key names one plan', async () => {
  await make('once')
  assert.equal((await platform.request('POST', '/platform/plans', { key: 'once', name: 'Again' })).status, 409)
  for (const [body, path] of [
    [{ key: 'Big', name: 'x' }, '/key'],
    [{ key: '1st', name: 'x' }, '/key'],
    [{ key: 'a'.repeat(41), name: 'x' }, '/key'],
    [{ key: 'ok', name: ' ' }, '/name'],
    [{ key: 'ok', name: 'x', limits: { tags: -1 } }, '/limits/tags'],
    [{ key: 'ok', name: 'x', limits: { tags: 1.5 } }, '/limits/tags'],
    [{ key: 'ok', name: 'x', limits: { unicorns: 1 } }, '/limits/unicorns'],
    [{ key: 'ok', name: 'x', isDefault: true }, '/isDefault'],
  ] as const) {
    const response = await platform.request('POST', '/platform/plans', body)
    const { errors } = (await response.json()) as { errors: { path: string }[] }
    assert.deepEqual([response.status, errors[0]?.path], [422, path], JSON.stringify(body))
  }
  for (const path of ['/platform/plans/none', '/platform/plans/none/retire', '/platform/plans/none/restore']) {
    const [method, body] = path.endsWith('none') ? ['PATCH', {}] : ['POST', undefined]
    assert.equal((await platform.request(method, path, body)).status, 404, path)
  }
})

test('[SEC-09] each act upon a plan is a line in the log of the platform', async () => {
  await make('logged', { limits: { tags: 5 } })
  await change('logged', { name: 'Logged' })
  await platform.json(200, 'POST', '/platform/plans/logged/retire')
  await platform.json(200, 'POST', '/platform/plans/logged/restore')
  type Line = { action: string; subject: { type: string; id: string }; detail: object; personId: string }
  const { items } = await platform.json<{ items: Line[] }>(200, 'GET', '/platform/audit?limit=100')
  const lines = items.filter(({ subject }) => subject.type === 'plan' && subject.id === 'logged')
  assert.deepEqual(
    lines.map(({ action, detail }) => [action, detail]),
    [
      ['plans.restore', {}],
      ['plans.retire', {}],
      ['plans.change', { name: 'Logged' }],
      ['plans.create', { name: 'Plan logged', limits: { tags: 5 } }],
    ],
  )
  assert.ok(lines.every(({ personId }) => personId === platform.personId))
})
