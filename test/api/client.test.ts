import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { createHoldfast, type HoldfastOptions, HoldfastProblem } from '../../clients/typescript/client.ts'
import { openHouse } from './house.ts'
import { makeKey } from './program.ts'

const house = await openHouse()

/** A client whose requests arrive at the house without a socket; `waits` are the waits that it would have taken. */
async function program(permissions: readonly string[], fetch?: HoldfastOptions['fetch']) {
  const owner = await house.owner()
  const { key, secret } = await makeKey(owner, { permissions })
  const waits: number[] = []
  const holdfast = createHoldfast({
    baseUrl: 'http://holdfast.test/',
    key: secret,
    fetch: fetch ?? (async (url, init) => house.app.request(url, init)),
    wait: async (ms) => void waits.push(ms),
  })
  return { owner, key, holdfast, waits }
}

test('[INT-23] the client and its types are what is made of the contract and of its source', () => {
  execFileSync(process.execPath, ['scripts/api-client.ts', '--check'], { stdio: 'pipe' })
})

test('[INT-23] a program makes, changes, reads and lists with the client', async () => {
  const { holdfast, owner } = await program(['contacts.read', 'contacts.write', 'tags.manage'])
  const tenant = await holdfast.call('GET /tenant')
  assert.equal(tenant.id, owner.tenantId)
  const tag = await holdfast.call('POST /tags', { body: { name: 'vip', color: 'blue' } })
  const body = { name: 'Carla', phone: '+4915112340001' }
  const carla = await holdfast.call('POST /contacts', { body, idempotencyKey: 'order-1' })
  assert.deepEqual(await holdfast.call('POST /contacts', { body, idempotencyKey: 'order-1' }), carla)
  await holdfast.call('POST /contacts/{id}/tags/{tagId}', { path: { id: carla.id, tagId: tag.id } })
  const changed = await holdfast.call('PATCH /contacts/{id}', { path: { id: carla.id }, body: { name: 'Carla G.' } })
  assert.equal(changed.name, 'Carla G.')
  for (let index = 2; index <= 6; index += 1) {
    await holdfast.call('POST /contacts', { body: { name: `Contact ${index}`, phone: `+491511234000${index}` } })
  }
  const names: string[] = []
  for await (const contact of holdfast.all('GET /contacts', { query: { limit: 2 } })) names.push(contact.name)
  assert.equal(new Set(names).size, 6)
})

test('[INT-26] a refusal comes as a problem with its code, its fields and the id of the request', async () => {
  const { holdfast } = await program(['contacts.write'])
  const wrong = holdfast.call('POST /contacts', { body: { name: 'x'.repeat(500), phone: '1' } })
  await assert.rejects(wrong, (error: unknown) => {
    assert.ok(error instanceof HoldfastProblem)
    assert.deepEqual([error.status, error.code], [422, 'invalid_input'])
    assert.ok(error.errors.some(({ path }) => path === '/phone') && error.requestId !== '')
    return true
  })
  await assert.rejects(holdfast.call('GET /flows'), { status: 403, code: 'forbidden' })
})

test('[INT-25] the client waits as long as it is told, and does not do twice what may have been done', async () => {
  let asked = 0
  const answers = (status: number, left: number) => async (url: string, init: RequestInit) => {
    asked += 1
    if (asked > left) return house.app.request(url, init)
    const code = status === 429 ? 'rate_limited' : 'unavailable'
    return Response.json({ code, detail: 'wait' }, { status, headers: { 'retry-after': '7' } })
  }
  const limited = await program(['contacts.read'], answers(429, 2))
  await limited.holdfast.call('GET /contacts')
  assert.deepEqual(limited.waits, [7_000, 7_000])

  asked = 0
  const away = await program(['contacts.write'], answers(503, 99))
  const body = { name: 'Carla', phone: '+4915112340002' }
  await assert.rejects(away.holdfast.call('POST /contacts', { body }), { code: 'unavailable' })
  assert.equal(asked, 1, 'nobody knows whether it was done')
  await assert.rejects(away.holdfast.call('POST /contacts', { body, idempotencyKey: 'once' }), { code: 'unavailable' })
  assert.equal(asked, 1 + 4)
})
