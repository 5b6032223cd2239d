import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Problem } from '#api/problem.ts'
import type { Flow, FlowCounts, FlowValidation, FlowVersion } from '#domain/flows/api.ts'
import { SAMPLES } from '#domain/flows/samples/index.ts'
import type { FlowDefinition } from '#domain/flows/schema.ts'
import type { Run, RunDetail } from '#domain/runs/schema.ts'
import { sql } from '#infra/db/tx.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct, type Product, type TestTenant } from '../support/product.ts'

let product: Product
let tenant: TestTenant

before(async () => {
  product = await openProduct()
  tenant = await product.tenant()
})
after(() => product.close())

const text = (words: string): FlowDefinition['nodes'][number] =>
  ({ id: 'hello', type: 'send_text', config: { text: words } }) as FlowDefinition['nodes'][number]

/** Says one thing and ends; started by the API and by a tag. */
const hello = (words = 'Hello'): FlowDefinition =>
  ({
    schemaVersion: 1,
    triggers: [
      { kind: 'api' },
      { kind: 'contact_tagged', tag: 'VIP' },
      { kind: 'contact_field_changed', field: 'birthday' },
    ],
    variables: [],
    settings: { handOverWords: [] },
    nodes: [
      { id: 'start', type: 'start', config: {} },
      text(words),
      { id: 'end', type: 'end', config: { outcome: 'completed' } },
    ],
    edges: [
      { from: { node: 'start', port: 'next' }, to: 'hello' },
      { from: { node: 'hello', port: 'next' }, to: 'end' },
    ],
  }) as FlowDefinition

const make = async (name: string, draft?: FlowDefinition): Promise<Flow> => {
  const answer = await product.call<Flow>(as(tenant), 'POST', '/flows', { name, ...(draft && { draft }) })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}
const publish = (flow: Flow, extra: object = {}) =>
  product.call<Flow>(as(tenant), 'POST', `/flows/${flow.id}/publish`, { version: flow.version, ...extra })

test('[FLOW-04] a draft is kept broken, says what is wrong, and cannot be published before it is right', async () => {
  const flow = await make('Broken', hello(''))
  assert.ok(flow.problems.some(({ severity, nodeId }) => severity === 'error' && nodeId === 'hello'))
  const refused = await product.call<Problem>(as(tenant), 'POST', `/flows/${flow.id}/publish`, {
    version: flow.version,
  })
  assert.equal(refused.body.code, 'flow_invalid')
  assert.match(refused.body.errors[0]!.path, /^\/nodes\/hello/)
  const tried = await product.call<FlowValidation>(as(tenant, 'viewer'), 'POST', `/flows/${flow.id}/validate`, {
    draft: hello(),
  })
  assert.equal(tried.body.ok, true)
})

test('two people who draw one flow never overwrite each other unseen', async () => {
  const flow = await make('Shared', hello())
  const change = { version: flow.version, draft: hello('Mine') }
  const mine = await product.call<Flow>(as(tenant), 'PATCH', `/flows/${flow.id}`, change)
  assert.equal(mine.body.version, flow.version + 1)
  const theirs = await product.call<Problem>(as(tenant, 'admin'), 'PATCH', `/flows/${flow.id}`, change)
  assert.deepEqual([theirs.status, theirs.body.code], [409, 'conflict'])
})

test('a published version never changes, and the next one has the next number', async () => {
  const flow = await make('Versions', hello('First'))
  const first = await publish(flow, { note: 'begin' })
  assert.equal(first.body.published?.number, 1)
  assert.equal(first.body.hasUnpublishedChanges, false)
  const changed = await product.call<Flow>(as(tenant), 'PATCH', `/flows/${flow.id}`, {
    version: first.body.version,
    draft: hello('Second'),
  })
  assert.equal(changed.body.hasUnpublishedChanges, true)
  await publish(changed.body)
  const versions = await product.call<{ items: FlowVersion[] }>(as(tenant), 'GET', `/flows/${flow.id}/versions`)
  assert.deepEqual(
    versions.body.items.map(({ number, note, publishedBy }) => [number, note, publishedBy?.name]),
    [
      [2, '', 'The owner'],
      [1, 'begin', 'The owner'],
    ],
  )
  const old = await product.call<FlowVersion>(
    as(tenant),
    'GET',
    `/flows/${flow.id}/versions/${versions.body.items[1]!.id}`,
  )
  assert.deepEqual(old.body.definition?.nodes[1], text('First'))
  await assert.rejects(
    product.db.tenant(tenant.tenantId, (tx) => tx.run(sql`update flow_versions set note = 'x'`)),
    /permission denied|never change/,
  )
})

test('[FLOW-13] a flow is switched on only once it is published, and off again without being lost', async () => {
  const flow = await make('Switch', hello())
  const early = await product.call<Problem>(as(tenant), 'POST', `/flows/${flow.id}/enable`)
  assert.equal(early.body.code, 'flow_not_published')
  assert.equal((await publish(flow, { enable: true })).body.enabled, true)
  assert.equal((await product.call<Flow>(as(tenant), 'POST', `/flows/${flow.id}/disable`)).body.enabled, false)
  assert.equal((await product.call<Flow>(as(tenant), 'POST', `/flows/${flow.id}/enable`)).body.enabled, true)
  assert.equal((await product.call(as(tenant, 'supervisor'), 'POST', `/flows/${flow.id}/disable`)).status, 403)
  assert.equal((await product.call(as(tenant), 'DELETE', `/flows/${flow.id}`)).status, 204)
  assert.equal((await product.call(as(tenant), 'GET', `/flows/${flow.id}`)).status, 404)
})

test('the same cause starts a run once, and the people inside are counted where they stand', async () => {
  const flow = await make('Runs', hello())
  await publish(flow, { enable: true })
  const contactId = await makeContact(product, tenant, 'Runner')
  const start = () =>
    product.call<RunDetail & Problem>(as(tenant, 'agent'), 'POST', `/flows/${flow.id}/runs`, {
      contactId,
      cause: 'order-1',
      variables: { order: 'A1' },
    })
  assert.equal((await start()).status, 404)
  await receive(product, tenant, { contactId, messages: ['Hi'] })
  const first = await start()
  assert.equal(first.status, 201, JSON.stringify(first.body))
  const again = await start()
  assert.deepEqual([again.status, again.body.id], [200, first.body.id])
  assert.equal(first.body.workflowId, `flow/${tenant.tenantId}/${first.body.id}`)

  await product.db.tenant(tenant.tenantId, (tx) =>
    tx.run(sql`update runs set node_id = 'hello' where id = ${first.body.id}`),
  )
  const counts = await product.call<FlowCounts>(as(tenant), 'GET', `/flows/${flow.id}/counts`)
  assert.deepEqual(counts.body, { flowId: flow.id, total: 1, nodes: [{ nodeId: 'hello', count: 1 }] })
  const active = await product.call<{ items: Run[] }>(as(tenant), 'GET', `/runs?contactId=${contactId}&state=active`)
  assert.deepEqual(
    active.body.items.map(({ id, flow: { name } }) => [id, name]),
    [[first.body.id, 'Runs']],
  )

  const cancelled = await product.call<RunDetail>(as(tenant), 'POST', `/runs/${first.body.id}/cancel`)
  assert.deepEqual([cancelled.body.state, cancelled.body.outcome], ['closed', 'stopped'])
  assert.equal(
    (await product.call<Problem>(as(tenant), 'POST', `/runs/${first.body.id}/cancel`)).body.code,
    'run_not_open',
  )
})

test('[FLOW-08] a tag and a changed attribute are told once each, for the flows that wait for them', async () => {
  const contactId = await makeContact(product, tenant, 'Trigger')
  const tag = await product.call<{ id: string }>(as(tenant), 'POST', '/tags', { name: 'VIP' })
  for (const _ of [1, 2]) {
    await product.call(as(tenant), 'POST', `/contacts/${contactId}/tags/${tag.body.id}`)
    await product.call(as(tenant), 'PATCH', `/contacts/${contactId}`, { birthday: '1990-01-02' })
  }
  const told = await product.db.tenant(tenant.tenantId, async (tx) => ({
    tags: await tx.rows<{ tag: string }>(sql`
      select data ->> 'tag' as tag from events where subject_id = ${contactId} and type = 'contact.tagged'`),
    changes: await tx.rows<{ field: string }>(sql`select field from contact_changes where contact_id = ${contactId}`),
  }))
  assert.deepEqual(told, { tags: [{ tag: 'VIP' }], changes: [{ field: 'birthday' }] })
})

test('every sample can be published', async () => {
  for (const field of ['interest']) {
    await product.call(as(tenant), 'POST', '/custom-fields', { key: field, label: field, type: 'text' })
  }
  for (const sample of SAMPLES) {
    for (const [language, definition] of Object.entries(sample.definition)) {
      const published = await publish(await make(`${sample.id} ${language}`, definition))
      assert.equal(published.status, 200, JSON.stringify(published.body))
    }
  }
  const list = await product.call<{ items: Flow[] }>(as(tenant), 'GET', '/flows?limit=3')
  assert.deepEqual(
    list.body.items.map(({ triggers }) => triggers.length > 0),
    [true, true, true],
  )
})
