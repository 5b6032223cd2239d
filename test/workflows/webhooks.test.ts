import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, type TestContext, test } from 'node:test'
import { Worker } from '@temporalio/worker'
import { createWebhookActivities } from '#activities/webhooks.ts'
import { KeyRing } from '#infra/crypto/keyring.ts'
import { createDb, sql } from '#infra/db/tx.ts'
import { createGuardedFetch } from '#infra/http/guarded-fetch.ts'
import { createLogger } from '#infra/log.ts'
import { REQUIRED_SEARCH_ATTRIBUTES } from '#temporal/search-attributes.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { startDeliveries } from '#worker/webhooks.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { webhookDeliveryWorkflowId } from '#workflows/webhooks/messages.ts'
import { freshDatabase } from '../support/postgres.ts'
import { makeTenant } from '../support/product.ts'
import { skippingEnv } from '../support/temporal.ts'
import {
  deliveriesOf,
  fanOutAll,
  happen,
  openReceiver,
  type Received,
  type ReceiverAnswer,
  subscribe,
} from '../support/webhooks.ts'

const HOUR_MS = 3_600_000
// One after the other: the skipping server has five seconds to come up, and bundling takes a core.
const env = await skippingEnv()
const KEYWORD = 2
await env.connection.operatorService.addSearchAttributes({
  namespace: env.namespace ?? 'default',
  searchAttributes: Object.fromEntries(REQUIRED_SEARCH_ATTRIBUTES.map(({ name }) => [name, KEYWORD])),
})
const database = await freshDatabase()
const workflows = await workflowBundle()
const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 8 })
const keyRing = new KeyRing([{ id: 'test', bytes: randomBytes(32) }])
const log = createLogger({ name: 'test', level: 'silent' })
after(async () => {
  await env.teardown()
  await db.close()
  await database.drop()
})

/** The server's clock, read at each attempt: it runs ahead of this machine's. */
const clock = { ms: Date.now() }

type Scene = { tenantId: string; subscriptionId: string }

const start = () => startDeliveries({ db, temporal: env.client, log, links: { publicUrl: undefined } })

/** Runs `work` beside workers that deliver to one origin, by the server's clock. */
async function withWorkers(origin: string, work: () => Promise<void>): Promise<void> {
  const guarded = createGuardedFetch({ allowOrigins: [origin] })
  const real = createWebhookActivities({ db, keyRing, guarded, now: () => clock.ms, random: () => 0.5 })
  const activities: typeof real = {
    async attemptDelivery(place) {
      clock.ms = await env.currentTimeMs()
      return real.attemptDelivery(place)
    },
  }
  const common = { connection: env.nativeConnection, namespace: env.namespace ?? 'default' }
  const wf = await Worker.create({ ...common, taskQueue: TASK_QUEUES.wf, workflowBundle: workflows })
  const webhook = await Worker.create({ ...common, taskQueue: TASK_QUEUES.webhook, activities })
  await wf.runUntil(() => webhook.runUntil(work))
}

/** Starts what is due, and what that releases, until all of it is settled; time skips while a result is awaited. */
async function settleAll({ tenantId, subscriptionId }: Scene, ids: readonly string[]): Promise<void> {
  const waiting = new Set(ids)
  while (waiting.size > 0) {
    await start()
    const rows = await deliveriesOf(db, tenantId, subscriptionId)
    const started = rows.filter(({ id, state }) => waiting.has(id) && state !== 'held').map(({ id }) => id)
    for (const messageId of started) {
      const workflowId = webhookDeliveryWorkflowId({ tenantId, subscriptionId, messageId })
      await env.client.workflow.getHandle(workflowId).result()
      waiting.delete(messageId)
    }
  }
}

async function scene(t: TestContext, answer: (received: Received) => ReceiverAnswer, wishes: object = {}) {
  const receiver = await openReceiver(answer)
  t.after(receiver.close)
  const { tenantId } = await makeTenant(db)
  const url = `${receiver.origin}/hook`
  const { id: subscriptionId } = await subscribe({ db, keyRing }, tenantId, { url, schedule: 'long', ...wishes })
  return { receiver, place: { tenantId, subscriptionId } }
}

const statesOf = async ({ tenantId, subscriptionId }: Scene): Promise<string[]> =>
  (await deliveriesOf(db, tenantId, subscriptionId)).map(({ state }) => state)

test('[INT-19] [G19] an address that is down for six hours gets every event, each under its own id and no other', async (t) => {
  const downUntilMs = (await env.currentTimeMs()) + 6 * HOUR_MS
  const { receiver, place } = await scene(t, () => ({ status: clock.ms < downUntilMs ? 503 : 200 }))
  const ids = await happen(
    db,
    place.tenantId,
    Array.from({ length: 15 }, (_, n) => ({ data: { n } })),
  )
  assert.equal(await fanOutAll(db), 15)
  await withWorkers(receiver.origin, () => settleAll(place, ids))

  assert.deepEqual(new Set(await statesOf(place)), new Set(['delivered']))
  assert.ok(clock.ms >= downUntilMs)
  const accepted = await db.tenant(place.tenantId, (tx) =>
    tx.rows<{ id: string; count: number }>(sql`
      select message_id as id, count(*) from webhook_attempts where status_code = 200 group by 1`),
  )
  assert.deepEqual(accepted.map(({ id }) => id).sort(), [...ids].sort(), 'every id, and none that is not ours')
  assert.ok(accepted.every(({ count }) => count === 1))
  for (const one of receiver.received) {
    assert.ok(ids.includes(one.id))
    assert.equal((JSON.parse(one.body) as { id: string }).id, one.id)
  }
  // The breaker spared an address that was down: eight attempts each would have been far more.
  assert.ok(receiver.received.length < 15 * 8)
})
