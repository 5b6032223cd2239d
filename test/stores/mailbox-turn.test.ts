import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DomainError } from '#domain/errors.ts'
import { countStanding, getFlow, listFlows } from '#infra/db/stores/flows.ts'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { takeOver } from '#infra/db/stores/mailbox/people.ts'
import {
  openRuns,
  overdueRuns,
  ringStranded,
  ringUnstarted,
  strandedConversations,
  strandedWaiters,
} from '#infra/db/stores/mailbox/sweep.ts'
import {
  startForApi,
  startForContactChange,
  startForTime,
  triggerableFlows,
} from '#infra/db/stores/mailbox/triggers.ts'
import { getRun, listRuns } from '#infra/db/stores/runs.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { ECHO, flow as makeFlow } from '../support/flows.ts'
import { type MailboxTenant, type MailboxWorld, openMailboxWorld } from './mailbox-world.ts'

let world: MailboxWorld
before(async () => {
  world = await openMailboxWorld()
})
after(() => world?.close())

const HOUR = 3_600_000
let person = 254_720_400_000

const onTriggers = (triggers: Record<string, unknown>[], text = 'hello') =>
  makeFlow(
    {
      start: { type: 'start' },
      say: { type: 'send_text', config: { text } },
      ask: { type: 'ask_text', config: { text: '?', variable: 'a' } },
    },
    ['start.next > say', 'say.next > ask'],
    triggers,
  )

/** A contact who has written so many messages, none of which anybody took. */
async function written(texts: readonly string[], settings: Record<string, unknown> = {}) {
  const tenant = await world.tenant(settings)
  person += 1
  const phone = String(person)
  await tenant.writes(phone, texts)
  await tenant.intake()
  const { id: conversationId } = await tenant.conversation()
  return { tenant, phone, conversationId }
}

const contactOf = async (tenant: MailboxTenant) =>
  (await tenant.read((tx) => tx.row<{ id: string }>(sql`select id from contacts order by id desc limit 1`)))!.id

test('a turn that runs twice decides once: the same outcome, one run, one line', async () => {
  const { tenant, conversationId } = await written(['hi'])
  await tenant.flow(ECHO)
  const first = await tenant.turn(conversationId, 0)
  const again = await tenant.turn(conversationId, 0)
  assert.deepEqual(again, first)
  assert.equal((await tenant.runs()).length, 1)
  const both = await Promise.all([tenant.turn(conversationId, 1), tenant.turn(conversationId, 1)])
  assert.deepEqual(both[0], both[1])
})

test('who is inside a flow within a flow stands in each of them at its own step, in figures and in lists', async () => {
  const { tenant, phone, conversationId } = await written(['hi'])
  const versionOf = async (flowId: string) =>
    (await tenant.read((tx) => tx.row<{ id: string }>(sql`select id from flow_versions where flow_id = ${flowId}`)))!.id
  const ask = { type: 'ask_text', config: { text: '?', variable: 'a' } }
  const start = { type: 'start' }
  const innermost = await tenant.flow(makeFlow({ start, ask }, ['start.next > ask'], []))
  const within = async (flowId: string) => ({
    type: 'subflow',
    config: { flowId, flowVersionId: await versionOf(flowId) },
  })
  const middle = await tenant.flow(makeFlow({ start, in: await within(innermost) }, ['start.next > in'], []))
  // Its own question bears the same name as that of the innermost, and nobody stands there.
  const outer = await tenant.flow(
    makeFlow(
      { start, care: await within(middle), ask },
      ['start.next > care', 'care.completed > ask'],
      [{ kind: 'any_message' }],
    ),
  )
  await tenant.turn(conversationId, 0)
  const [run] = await tenant.runs()
  await tenant.flowTurn(run!.id, 0)
  const standing = async (flowId: string) => {
    const nodes = (await tenant.read((tx) => countStanding(tx, flowId))).nodes
    const listed = await tenant.read((tx) => listFlows(tx, { limit: 9 }))
    const inside = listed.find(({ id }) => id === flowId)!.standingCount
    assert.equal((await tenant.read((tx) => getFlow(tx, flowId)))!.summary.standingCount, inside)
    for (const { nodeId } of nodes) {
      const there = await tenant.read((tx) => listRuns(tx, { limit: 9, flowId, nodeId, state: 'active' }))
      assert.deepEqual(
        there.map(({ run: { id } }) => id),
        [run!.id],
      )
    }
    const active = await tenant.read((tx) => listRuns(tx, { limit: 9, flowId, state: 'active' }))
    assert.equal(active.length, inside)
    return nodes
  }
  assert.deepEqual(await standing(outer), [{ nodeId: 'care', count: 1 }])
  assert.deepEqual(await standing(middle), [{ nodeId: 'in', count: 1 }])
  assert.deepEqual(await standing(innermost), [{ nodeId: 'ask', count: 1 }])
  assert.equal((await tenant.read((tx) => getRun(tx, run!.id)))!.nodeId, 'care')
  const elsewhere = await tenant.read((tx) => listRuns(tx, { limit: 9, flowId: outer, nodeId: 'ask' }))
  assert.deepEqual(elsewhere, [])
  await tenant.writes(phone, 'an answer')
  await tenant.intake()
  await tenant.flowTurn(run!.id, 1)
  assert.deepEqual(await standing(outer), [{ nodeId: 'ask', count: 1 }])
  assert.deepEqual([await standing(middle), await standing(innermost)], [[], []])
})

test('messages that no flow wants call people, once, with a line; people’s messages are theirs', async () => {
  const { tenant, phone, conversationId } = await written(['one', 'two', 'three'])
  const outcome = await tenant.turn(conversationId, 0)
  assert.deepEqual([outcome.kind, outcome.more], ['rest', false])
  const row = await tenant.conversation()
  assert.deepEqual([row.state, row.needs_people, row.handled_seq], ['queued', true, 3])
  await tenant.writes(phone, 'four')
  await tenant.intake()
  await tenant.turn(conversationId, 1)
  assert.equal((await tenant.conversation()).handled_seq, 4)
  const lines = await tenant.read((tx) =>
    tx.rows<{ code: string }>(sql`select content ->> 'code' as code from messages where kind = 'line'`),
  )
  assert.deepEqual(lines, [{ code: 'lines.queued' }])
})

test('a trigger takes its message and leaves the rest to its flow, in order', async () => {
  const { tenant, conversationId } = await written(['nothing', 'menu please', 'and this'])
  await tenant.flow(onTriggers([{ kind: 'keyword', keywords: ['menu'], match: 'contains' }]))
  await tenant.turn(conversationId, 0)
  const row = await tenant.conversation()
  assert.deepEqual([row.owner_kind, row.handled_seq, row.last_seq], ['run', 2, 3])
})

test('bells of a run that nobody finds ask for it, and send nothing meanwhile', async () => {
  const { tenant, conversationId } = await written(['hi'])
  await tenant.flow(ECHO)
  await tenant.turn(conversationId, 0)
  const [run] = await tenant.runs()
  await tenant.flowTurn(run!.id, 0)
  const outcome = await tenant.turn(conversationId, 1)
  assert.partialDeepStrictEqual(outcome, { kind: 'inspect_owner', sends: [], runId: run!.id })
})

test('a conversation that only the bot knew closes by itself when its time is over, and not while people are wanted', async () => {
  const { tenant, conversationId } = await written(['hi'], { idleCloseMs: HOUR })
  await tenant.read((tx) => tx.run(sql`update conversations set handled_seq = last_seq where id = ${conversationId}`))
  const soon = await tenant.turn(conversationId, 0)
  assert.equal(soon.kind, 'rest')
  assert.ok(soon.kind !== 'rest' || (soon.wakeAtMs !== null && soon.wakeAtMs - Date.now() <= HOUR))
  const later = await tenant.turn(conversationId, 1, Date.now() + HOUR)
  assert.equal(later.kind, 'closed')
  assert.equal((await tenant.conversation()).close_reason, 'idle')

  const wanted = await written(['hi'], { idleCloseMs: HOUR })
  await wanted.tenant.turn(wanted.conversationId, 0)
  const kept = await wanted.tenant.turn(wanted.conversationId, 1, Date.now() + 100 * HOUR)
  assert.equal(kept.kind, 'rest')
  assert.equal((await wanted.tenant.conversation()).state, 'queued')
})

test('only what is published, switched on and not archived may start', async () => {
  const tenant = await world.tenant()
  const ids = [await tenant.flow(ECHO), await tenant.flow(ECHO), await tenant.flow(ECHO), await tenant.flow(ECHO)]
  await tenant.read(async (tx) => {
    await tx.run(sql`update flows set enabled = false where id = ${ids[1]}`)
    await tx.run(sql`update flows set archived_at = now() where id = ${ids[2]}`)
    await tx.run(sql`update flows set published_version_id = null where id = ${ids[3]}`)
  })
  const found = await tenant.read((tx) => triggerableFlows(tx, tenant.tenantId, createDefinitions()))
  assert.deepEqual(
    found.map(({ id }) => id),
    [ids[0]],
  )
})

test('a change of a contact that is told twice starts once; a loop of flows ends by its chain and by the hour', async () => {
  const { tenant } = await written(['hi'])
  const flowId = await tenant.flow(onTriggers([{ kind: 'contact_tagged', tag: 'vip' }]))
  const contactId = await contactOf(tenant)
  const change = (changeKey: string, chain: string[] = []) =>
    tenant.read((tx) =>
      startForContactChange(tx, {
        tenantId: tenant.tenantId,
        contactId,
        event: { kind: 'contact_tagged', tag: 'vip' },
        changeKey,
        chain,
        actor: tenant.actor,
        definitions: createDefinitions(),
        nowMs: Date.now(),
      }),
    )
  assert.deepEqual(await change('one'), { started: 1 })
  assert.deepEqual(await change('one'), { started: 0 })
  assert.deepEqual(await change('deep', Array(5).fill(flowId)), { started: 0, refused: 'chain_too_long' })
  let last: { started: number; refused?: string } = { started: 0 }
  for (let n = 0; n < 20; n += 1) last = await change(`many ${n}`)
  assert.equal(last.refused, 'too_many_starts')
  const refusals = await tenant.read((tx) =>
    tx.rows<{ reason: string }>(sql`
      select detail ->> 'reason' as reason from audit_log where action = 'flows.start_refused' order by id`),
  )
  assert.deepEqual(
    refusals.map(({ reason }) => reason),
    ['chain_too_long', 'too_many_starts'],
    'each is said once, not at every turn of the loop',
  )
})

test('the same instant and the same key start a flow once for a contact; who never wrote has no conversation to speak in', async () => {
  const { tenant } = await written(['hi'])
  await tenant.flow(onTriggers([{ kind: 'api' }]))
  const { tenantId, actor } = tenant
  const definitions = createDefinitions()
  const [flow] = await tenant.read((tx) => triggerableFlows(tx, tenantId, definitions))
  const contactId = await contactOf(tenant)
  const atMs = Date.parse('2026-03-01T08:00:00Z')
  const trigger = { kind: 'time', at: '2026-03-01T08:00:00Z' } as never
  for (const expected of [1, 1]) {
    assert.equal(await tenant.read((tx) => startForTime(tx, { tenantId, contactId, flow: flow!, trigger, atMs })), true)
    assert.equal((await tenant.runs()).length, expected)
  }
  const stranger = newId()
  await tenant.read((tx) =>
    tx.run(sql`insert into contacts (id, tenant_id, name) values (${stranger}, ${tenantId}, 'New')`),
  )
  assert.equal(
    await tenant.read((tx) => startForTime(tx, { tenantId, contactId: stranger, flow: flow!, trigger, atMs })),
    false,
  )
  const call = (key: string, of = contactId) =>
    tenant.read((tx) =>
      startForApi(tx, { tenantId, flowId: flow!.id, contactId: of, key, actor, definitions, nowMs: Date.now() }),
    )
  const first = await call('order-1')
  assert.partialDeepStrictEqual(await call('order-1'), { runId: first.runId, started: false })
  assert.notEqual((await call('order-2')).runId, first.runId)
  const notFound = (error: unknown) => error instanceof DomainError && error.code === 'not_found'
  await assert.rejects(call('order-3', stranger), notFound)
  await tenant.read((tx) => tx.run(sql`update flows set enabled = false`))
  await assert.rejects(call('order-4'), (error) => error instanceof DomainError && error.code === 'flow_not_published')
})

const places = async (tenant: MailboxTenant) =>
  (await world.db.relay((tx) => strandedConversations(tx, 1_000))).filter(
    ({ tenantId }) => tenantId === tenant.tenantId,
  )

test('what lies at a suspended tenant hides nothing of the others', async () => {
  const [{ tenant: shut }, { tenant: open, conversationId }] = [await written(['hi']), await written(['hi'])]
  for (const one of [shut, open]) {
    await one.read((tx) => tx.run(sql`update conversations set last_message_at = now() - interval '31 seconds'`))
  }
  await shut.read((tx) => tx.run(sql`update conversations set last_message_at = now() - interval '1 year'`))
  await shut.read((tx) => tx.run(sql`update tenants set status = 'suspended'`))
  const first = await world.db.relay((tx) => strandedConversations(tx, 1_000))
  assert.deepEqual(
    first.filter(({ tenantId }) => tenantId === shut.tenantId),
    [],
  )
  assert.deepEqual(await places(open), [{ tenantId: open.tenantId, conversationId }])
})

test('the sweeper finds what lies: messages nobody took, a queue that does not move, sends nobody finished', async () => {
  const { tenant, conversationId } = await written(['hi'])
  assert.deepEqual(await places(tenant), [], 'not before its patience is over')
  const set = (statement: Parameters<MailboxTenant['read']>[0]) => tenant.read(statement)
  await set((tx) => tx.run(sql`update conversations set last_message_at = now() - interval '31 seconds'`))
  assert.deepEqual(await places(tenant), [{ tenantId: tenant.tenantId, conversationId }])
  await tenant.turn(conversationId, 0)
  assert.deepEqual(await places(tenant), [])

  await tenant.read((tx) =>
    takeOver(tx, { tenantId: tenant.tenantId, conversationId, actor: tenant.actor, personId: tenant.people.agent }),
  )
  const messageId = newId()
  await tenant.read((tx) =>
    tx.run(sql`
      insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, kind, content,
        state, message_class, outbound_seq, sent_at, created_at)
      select ${messageId}, tenant_id, id, contact_id, channel_id, 'outbound', 'user', 'text', '{"kind":"text","text":"x"}',
        'queued', 'reply', 1, now(), now() - interval '31 seconds' from conversations where id = ${conversationId}`),
  )
  assert.equal((await places(tenant)).length, 1, 'queued')
  await set((tx) => tx.run(sql`update messages set not_before = now() + interval '1 hour' where id = ${messageId}`))
  assert.equal((await places(tenant)).length, 0, 'it waits for its time')
  await set((tx) =>
    tx.run(
      sql`update messages set state = 'sending', sending_at = now() - interval '60 seconds' where id = ${messageId}`,
    ),
  )
  assert.equal((await places(tenant)).length, 0, 'somebody may still be at it')
  await set((tx) => tx.run(sql`update messages set sending_at = now() - interval '80 seconds' where id = ${messageId}`))
  assert.equal((await places(tenant)).length, 1, 'nobody is')
})

test('ringing what lies adds one cause, and none to a bell that is due already', async () => {
  const { tenant, conversationId } = await written(['hi'])
  const bell = () =>
    tenant.read((tx) => tx.row<{ version: number; rung: number }>(sql`select version, rung from bells`))
  const ring = () => tenant.read((tx) => ringStranded(tx, { tenantId: tenant.tenantId, conversationId }))
  const before = (await bell())!
  await ring()
  assert.deepEqual(await bell(), before)
  await tenant.read((tx) => tx.run(sql`update bells set rung = version`))
  await ring()
  await ring()
  assert.deepEqual(await bell(), { version: before.version + 1, rung: before.version })
})

test('runs that were rung and did not start, whose clock ran out, or that wait behind nobody are found', async () => {
  const { tenant, conversationId } = await written(['hi'])
  await tenant.flow(ECHO)
  await tenant.turn(conversationId, 0)
  const [run] = await tenant.runs()
  await tenant.read((tx) =>
    tx.run(sql`update runs set rung = rings, started_at = now() - interval '31 seconds' where id = ${run!.id}`),
  )
  await world.db.relay(ringUnstarted)
  const [rung] = await tenant.runs()
  assert.equal(rung!.rung, rung!.rings - 1, 'it is due again')

  await tenant.flowTurn(run!.id, 0)
  const mine = (rows: { id: string }[]) => rows.filter(({ id }) => id === run!.id).length
  assert.equal(mine(await world.db.relay((tx) => openRuns(tx, '00000000-0000-0000-0000-000000000000', 1_000))), 1)
  assert.equal(mine(await world.db.relay((tx) => overdueRuns(tx, 1_000))), 0)
  await tenant.read((tx) => tx.run(sql`update runs set wake_at = now() - interval '31 seconds' where id = ${run!.id}`))
  assert.equal(mine(await world.db.relay((tx) => overdueRuns(tx, 1_000))), 1)

  const waits = async () =>
    (await world.db.relay((tx) => strandedWaiters(tx, 1_000))).some((place) => place.conversationId === conversationId)
  await tenant.read((tx) => tx.run(sql`update runs set posture = 'waiting_floor' where id = ${run!.id}`))
  assert.equal(await waits(), false, 'somebody has the floor')
  await tenant.read((tx) =>
    tx.run(sql`update conversations set owner_kind = 'none', owner_id = null where id = ${conversationId}`),
  )
  assert.equal(await waits(), true)
})
