import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { realEnv, skippingEnv } from '../support/temporal.ts'

const DAY_MS = 24 * 3_600_000

const [real, skipping] = await Promise.all([realEnv(), skippingEnv()])
after(() => Promise.all([real.teardown(), skipping.teardown()]))

test('the real server has a namespace of this suite with our retention and our search attributes', async () => {
  const { namespace } = real
  const known = await real.connection.workflowService.describeNamespace({ namespace })
  assert.equal(Number(known.config?.workflowExecutionRetentionTtl?.seconds), 30 * 24 * 3_600)
  const { customAttributes } = await real.connection.operatorService.listSearchAttributes({ namespace })
  assert.ok('TenantId' in customAttributes && 'ConversationId' in customAttributes)
})

test('thirty days pass in the skipping server while nobody has to wait', async () => {
  const beforeMs = await skipping.currentTimeMs()
  await skipping.sleep(30 * DAY_MS)
  assert.ok((await skipping.currentTimeMs()) - beforeMs >= 30 * DAY_MS)
})
