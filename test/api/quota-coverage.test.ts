import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isMonthly, QUOTAS, type Quota } from '#domain/quotas/plans.ts'
import type { Operation } from './contract.ts'
import { setLimits } from './program.ts'
import { named, openWalk, ROOMY } from './write-walk.ts'

const { house, owner, writes, ready } = await openWalk()

/** Uses of a month are counted behind their verbs, and asked for at the last look before a message leaves. */
const ADDED = QUOTAS.filter((quota) => !isMonthly(quota))

async function used(): Promise<Record<Quota, number>> {
  type Usage = { quotas: { quota: Quota; used: number }[] }
  const { quotas } = await owner.json<Usage>(200, 'GET', '/usage')
  return Object.fromEntries(quotas.map((use) => [use.quota, use.used])) as Record<Quota, number>
}

/** Asks for an operation with room for all. @returns what it has added to. */
async function adds(operation: Operation): Promise<Quota[]> {
  const go = await ready(operation)
  const before = await used()
  const { response, text } = await go()
  assert.ok(response.ok, `${named(operation)}: ${response.status} ${text}`)
  const after = await used()
  return ADDED.filter((quota) => after[quota] > before[quota])
}

/** Asks again where there is no more room for one thing. @returns what came of it. */
async function askWithoutRoom(operation: Operation, quota: Quota): Promise<string> {
  const go = await ready(operation)
  const before = (await used())[quota]
  await setLimits(house, owner.tenantId, { ...ROOMY, [quota]: before })
  const { response, text } = await go()
  await setLimits(house, owner.tenantId, ROOMY)
  const { code } = (text === '' ? {} : JSON.parse(text)) as { code?: string }
  const more = (await used())[quota] - before
  return `${response.status} ${code} +${more}`
}

test('[SEC-14] [BILL-02] whatever the API adds to what a plan bounds, it asks for room first', async () => {
  const found = new Set<Quota>()
  const wrong: string[] = []
  for (const operation of writes) {
    for (const quota of await adds(operation)) {
      found.add(quota)
      const outcome = await askWithoutRoom(operation, quota)
      if (outcome !== '403 quota_exceeded +0') wrong.push(`${named(operation)} adds to ${quota}: ${outcome}`)
    }
  }
  assert.deepEqual(wrong, [])
  assert.deepEqual([...found].sort(), [...ADDED].sort(), 'each is added to by some operation')
})
