import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contractOf } from './contract.ts'
import { furnish, KINDS } from './furniture.ts'
import { openHouse } from './house.ts'

const house = await openHouse()

test('an id in capitals is the same id, in every route that reads by one', async () => {
  const owner = await house.owner()
  const ids = await furnish(house, owner)
  let count = 0
  for (const { method, path, params } of contractOf(house.app).operations) {
    const kind = KINDS[path.split('/')[1]!]
    if (method !== 'GET' || params.length !== 1 || !path.includes('{id}') || kind === undefined) continue
    count += 1
    const ask = async (id: string) => {
      const response = await owner.request('GET', path.replace('{id}', id))
      return [response.status, response.headers.get('content-type')]
    }
    assert.deepEqual(await ask(ids[kind]!.toUpperCase()), await ask(ids[kind]!), path)
  }
  assert.ok(count >= 12, `only ${count} routes`)
})

test('an id in capitals is the same tenant for who runs the installation', async () => {
  const owner = await house.owner('In capitals')
  const administrator = await house.administrator()
  await furnish(house, owner)
  let count = 0
  for (const { method, path, params, body } of contractOf(house.app).operations) {
    if (!/^\/platform\/tenants\/\{id\}/.test(path) || params.length !== 1) continue
    count += 1
    const ask = async (id: string) => {
      const sent = method === 'PATCH' ? { name: 'Renamed' } : body === undefined ? undefined : {}
      const response = await administrator.request(method, path.replace('{id}', id), sent)
      return response.status
    }
    const id = owner.tenantId
    assert.deepEqual([method, path, await ask(id.toUpperCase())], [method, path, await ask(id)])
  }
  assert.ok(count >= 4, `only ${count} routes`)
})
