import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { ECHO } from '../support/flows.ts'

let engine: Engine
before(async () => {
  engine = await startEngine()
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
})

const textOf = (send: { body: Record<string, unknown> }) => (send.body['text'] as { body: string } | undefined)?.body

test('[FLOW-07] [FLOW-10] [CONT-03] a message starts a flow, which asks, hears and answers', async () => {
  const tenant = await engine.tenant()
  await tenant.flow(ECHO)
  const { simulator } = engine
  await simulator.says('254700000001', tenant.phoneNumberId, 'hi')
  const sent = (count: number) =>
    eventually(`${count} sends`, async () => {
      const log = (await simulator.log()).filter((send) => send.phoneNumberId === tenant.phoneNumberId)
      return log.length >= count && log
    })
  assert.deepEqual((await sent(1)).map(textOf), ['Say something'])
  await simulator.says('254700000001', tenant.phoneNumberId, 'one')
  assert.deepEqual((await sent(2)).map(textOf), ['Say something', 'echo: one'])
  const states = await eventually('delivered', async () => {
    const rows = await tenant.read((tx) =>
      tx.rows<{ state: string }>(sql`select state from messages where direction = 'outbound' order by outbound_seq`),
    )
    return rows.every((row) => row.state === 'delivered') && rows
  })
  assert.equal(states.length, 2)
})
