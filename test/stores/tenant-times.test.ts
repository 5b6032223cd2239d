import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { closeConversation } from '#infra/db/stores/mailbox/people.ts'
import { sql } from '#infra/db/tx.ts'
import { type MailboxTenant, openMailboxWorld } from './mailbox-world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const world = await openMailboxWorld()
after(() => world.close())

const setUp = async (tenant: MailboxTenant, change: Record<string, unknown>, status = 200) => {
  const answer = await tenant.setUp(change)
  const body = (await answer.json()) as Record<string, unknown> & { errors?: { path: string }[] }
  assert.equal(answer.status, status, JSON.stringify(body))
  return body
}

/** A conversation in which all that was written is taken. */
async function silent(tenant: MailboxTenant): Promise<string> {
  await tenant.writes('254700000100', 'hi')
  await tenant.intake()
  const { id } = await tenant.conversation()
  await tenant.read((tx) => tx.run(sql`update conversations set handled_seq = last_seq where id = ${id}`))
  return id
}

const close = async (tenant: MailboxTenant) => {
  const { id: conversationId } = await tenant.conversation()
  await tenant.read((tx) => closeConversation(tx, { tenantId: tenant.tenantId, conversationId, actor: tenant.actor }))
}

test('[CONV-01] the reopen window is 0 until somebody sets it, and intake follows what they set', async () => {
  const tenant = await world.tenant()
  assert.partialDeepStrictEqual(await setUp(tenant, {}), { reopenWindowMs: 0, idleCloseMs: DAY })
  const writesAfterClose = async (atMs: number) => {
    await close(tenant)
    await tenant.writes('254700000101', 'again')
    await tenant.intake(1, atMs)
    return (await tenant.conversations()).length
  }
  await tenant.writes('254700000101', 'first')
  await tenant.intake()
  assert.equal(await writesAfterClose(Date.now() + MINUTE), 2, 'never opened again')
  assert.partialDeepStrictEqual(await setUp(tenant, { reopenWindowMs: 2 * HOUR }), { reopenWindowMs: 2 * HOUR })
  assert.equal(await writesAfterClose(Date.now() + HOUR), 2, 'within the window')
  assert.equal(await writesAfterClose(Date.now() + 3 * HOUR), 3, 'after it')
  await setUp(tenant, { reopenWindowMs: 0 })
  assert.equal(await writesAfterClose(Date.now() + MINUTE), 4, 'never again')
})

test('a conversation that only the bot knew ends when the tenant says, or never', async () => {
  const tenant = await world.tenant()
  const id = await silent(tenant)
  await setUp(tenant, { idleCloseMs: 0 })
  const never = await tenant.turn(id, 0, Date.now() + 400 * DAY)
  assert.partialDeepStrictEqual(never, { kind: 'rest', wakeAtMs: null })
  await setUp(tenant, { idleCloseMs: 2 * HOUR })
  const soon = await tenant.turn(id, 1, Date.now() + HOUR)
  assert.ok(soon.kind === 'rest' && soon.wakeAtMs !== null && soon.wakeAtMs <= Date.now() + 2 * HOUR)
  assert.equal((await tenant.turn(id, 2, Date.now() + 3 * HOUR)).kind, 'closed')
})

test('whoever sleeps until a time that is later than the new one is rung, and nobody is where it is later', async () => {
  const tenant = await world.tenant()
  const id = await silent(tenant)
  const bell = () =>
    tenant.read((tx) =>
      tx.row<{ rings: boolean }>(sql`select rung < version as rings from bells where conversation_id = ${id}`),
    )
  const answered = () => tenant.read((tx) => tx.run(sql`update bells set rung = version where conversation_id = ${id}`))
  for (const [idleCloseMs, rings] of [
    [2 * DAY, false],
    [DAY, true],
    [DAY, false],
    [0, false],
    [10 * DAY, true],
  ] as const) {
    await answered()
    await setUp(tenant, { idleCloseMs })
    assert.equal((await bell())?.rings, rings, String(idleCloseMs))
  }
})

test('times are whole minutes of thirty days at most; what is changed is written down, and the rest stays', async () => {
  const tenant = await world.tenant()
  for (const field of ['reopenWindowMs', 'idleCloseMs']) {
    for (const wrong of [-MINUTE, 30 * DAY + MINUTE, 90_001, 1.5 * MINUTE + 0.5, '60000', null]) {
      const { errors } = await setUp(tenant, { [field]: wrong }, 422)
      assert.equal(errors?.[0]?.path, `/${field}`, String(wrong))
    }
  }
  await setUp(tenant, { reopenWindowMs: 30 * DAY })
  const after = await setUp(tenant, { name: 'Late Ltd', idleCloseMs: 3 * HOUR })
  assert.partialDeepStrictEqual(after, { name: 'Late Ltd', reopenWindowMs: 30 * DAY, idleCloseMs: 3 * HOUR })
  const lines = await tenant.read((tx) =>
    tx.rows<{ detail: object }>(sql`select detail from audit_log where action = 'tenants.change' order by id`),
  )
  assert.deepEqual(
    lines.map(({ detail }) => detail),
    [{ reopenWindowMs: 30 * DAY }, { name: 'Late Ltd', idleCloseMs: 3 * HOUR }],
  )
})
