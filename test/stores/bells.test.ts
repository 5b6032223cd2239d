import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { claimBells, markOneRung, markRung } from '#infra/db/stores/mailbox/bells.ts'
import { ringBell } from '#infra/db/stores/mailbox/conversation-row.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { type MailboxTenant, type MailboxWorld, openMailboxWorld } from './mailbox-world.ts'

let world: MailboxWorld
let tenant: MailboxTenant

before(async () => {
  world = await openMailboxWorld()
  tenant = await world.tenant()
})
after(() => world?.close())

const bells = () =>
  tenant.read((tx) =>
    tx.rows<{ id: string; version: number; rung: number; token: string | null }>(
      sql`select conversation_id as id, version, rung, token from bells order by conversation_id`,
    ),
  )

test('[F60] marking bells waits for nobody who rings several of them in another order', async () => {
  for (const person of ['254720500001', '254720500002']) await tenant.writes(person, 'hi')
  await tenant.intake()
  const token = newId()
  const claimed = await world.db.relayOnce((tx) => claimBells(tx, { token, leaseMs: 10_000, limit: 10 }))
  assert.equal(claimed.length, 2)
  const [first, second] = claimed.map(({ conversationId }) => conversationId).sort() as [string, string]

  await tenant.read(async (tx) => {
    ringBell(tx, tenant.tenantId, second)
    await tx.rows(sql`select 1`)
    const held = await world.db.relayOnce((relay) => markRung(relay, { token, bells: claimed }))
    assert.deepEqual(
      held.map(({ conversationId }) => conversationId),
      [second],
    )
    ringBell(tx, tenant.tenantId, first)
  })
  const bell = claimed.find(({ conversationId }) => conversationId === second)!
  await world.db.relayOnce((tx) => markOneRung(tx, { token, bell }))

  // Both were rung once more meanwhile, and neither of these causes was marked away.
  const after = await bells()
  assert.deepEqual(
    after.map(({ version, rung, token }) => ({ version, rung, token })),
    [
      { version: 2, rung: 1, token: null },
      { version: 2, rung: 1, token: null },
    ],
  )
})
