import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { MockActivityEnvironment } from '@temporalio/testing'
import { createSendActivities } from '#activities/messages.ts'
import { createWebhookActivities } from '#activities/webhooks.ts'
import { createSuspendedTenants } from '#infra/db/suspended-tenants.ts'
import { createDb, sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { freshDatabase } from '../support/postgres.ts'

const database = await freshDatabase()
const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 2, relayPoolSize: 1 })
after(async () => {
  await db.close()
  await database.drop()
})
const never = () => assert.fail('something left a suspended tenant')
const unused = new Proxy({}, { get: () => never }) as never

test('nothing leaves a suspended tenant, neither messages nor webhooks; what waits goes on waiting', async () => {
  const tenantId = newId()
  await db.tenant(tenantId, (tx) => tx.run(sql`insert into tenants (id, name) values (${tenantId}, 'T')`))
  let atMs = Date.now()
  const suspended = createSuspendedTenants(db, () => atMs)
  assert.equal(await suspended.has(tenantId), false)
  await db.tenant(tenantId, (tx) => tx.run(sql`update tenants set status = 'suspended'`))
  atMs += 5_000
  assert.equal(await suspended.has(tenantId), true, 'within five seconds')

  const now = () => atMs
  const { sendMessage } = createSendActivities({ db: unused, senders: unused, throttle: unused, now, suspended })
  const place = { tenantId, messageId: newId(), subscriptionId: newId() }
  await assert.rejects(new MockActivityEnvironment().run(sendMessage, place), /tenant_suspended/)
  const webhooks = createWebhookActivities({
    ...{ db: unused, keyRing: unused, guarded: unused, now, suspended },
    random: () => 0.5,
  })
  await assert.rejects(new MockActivityEnvironment().run(webhooks.attemptDelivery, place), /tenant_suspended/)

  await db.tenant(tenantId, (tx) => tx.run(sql`update tenants set status = 'active'`))
  atMs += 5_000
  assert.equal(await suspended.has(tenantId), false, 'and open again')
})
