import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Worker } from '@temporalio/worker'
import { createConversationActivities } from '#activities/conversations.ts'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { snooze } from '#infra/db/stores/mailbox/people.ts'
import { sql } from '#infra/db/tx.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { conversationWorkflowId } from '#workflows/conversations/messages.ts'
import { openMailboxWorld } from '../stores/mailbox-world.ts'
import { skippingEnv } from '../support/temporal.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const env = await skippingEnv()
const world = await openMailboxWorld()
after(async () => {
  await env.teardown()
  await world.close()
})

test('[CONV-01] a snooze ends at its instant and the conversation closes at its own, days later, without any bell', async () => {
  const tenant = await world.tenant({ idleCloseMs: 10 * DAY_MS })
  const { tenantId } = tenant
  await tenant.writes('254720990001', 'hi')
  await tenant.intake()
  const conversationId = (await tenant.conversation()).id
  const untilMs = (await env.currentTimeMs()) + 3 * DAY_MS
  const silentSince = await tenant.read(async (tx) => {
    // As a flow leaves it that has answered and is over.
    await tx.run(sql`update conversations set handled_seq = last_seq where id = ${conversationId}`)
    await snooze(tx, { tenantId, conversationId, actor: tenant.actor, until: new Date(untilMs) })
    return (await tx.row<{ at: Date }>(sql`select last_message_at as at from conversations`))!.at.getTime()
  })

  /** The server's clock, read at each turn: it runs ahead of this machine's. */
  let nowMs = 0
  const taken: { atMs: number; state: string; wakeAtMs: number | null }[] = []
  const real = createConversationActivities({
    db: world.db,
    definitions: createDefinitions(),
    temporal: env.client,
    links: { publicUrl: undefined },
    now: () => nowMs,
  })
  const activities: Pick<typeof real, 'conversationTurn'> = {
    async conversationTurn(input) {
      nowMs = await env.currentTimeMs()
      const outcome = await real.conversationTurn(input)
      taken.push({ atMs: nowMs, state: (await tenant.conversation()).state, wakeAtMs: outcome.wakeAtMs })
      return outcome
    },
  }
  const common = { connection: env.nativeConnection, workflowBundle: await workflowBundle() }
  const worker = await Worker.create({ ...common, taskQueue: TASK_QUEUES.wf, activities })
  await worker.runUntil(() =>
    env.client.workflow.execute('conversation', {
      workflowId: conversationWorkflowId(tenantId, conversationId),
      taskQueue: TASK_QUEUES.wf,
      args: [{ tenantId, conversationId }],
    }),
  )

  const idleAtMs = silentSince + 10 * DAY_MS
  assert.deepEqual(
    taken.map(({ state, wakeAtMs }) => [state, wakeAtMs]),
    [
      ['snoozed', untilMs],
      ['bot', idleAtMs],
      ['closed', null],
    ],
  )
  const lateMs = [taken[1]!.atMs - untilMs, taken[2]!.atMs - idleAtMs]
  assert.ok(
    lateMs.every((ms) => ms >= 0 && ms < MINUTE_MS),
    `late by ${lateMs} ms`,
  )
  assert.equal((await tenant.conversation()).close_reason, 'idle')
})
