import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#infra/db/tx.ts'
import { openHouse } from './house.ts'
import { askAs, makeKey } from './program.ts'

const house = await openHouse()

test('[SEC-09] the log is exported as CSV and as JSON lines, filtered like the list, and the export is a line itself', async () => {
  const owner = await house.owner()
  for (let count = 0; count < 3; count += 1) {
    await owner.json(201, 'POST', '/roles', { key: `r${count}`, name: `=R${count}`, permissions: [] })
  }
  const csv = await owner.request('GET', '/audit/export?format=csv&action=roles.create')
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
  assert.match(csv.headers.get('content-disposition')!, /attachment/)
  const rows = (await csv.text()).trimEnd().split('\r\n')
  assert.equal(rows.length, 4)
  assert.match(rows[1]!, /,roles\.create,person,/)

  const jsonl = await owner.request('GET', '/audit/export?format=jsonl')
  const lines = (await jsonl.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.ok(lines.some(({ action }) => action === 'audit.export'))
  const { items } = await owner.json<{ items: { action: string }[] }>(200, 'GET', '/audit?action=audit.export')
  assert.equal(items.length, 2)
})

test('[SEC-09] an export longer than a page has every line once, and nobody exports who may not read', async () => {
  const owner = await house.owner()
  await house.admin(
    `with made as (insert into audit_log (id, tenant_id, actor, action, subject_type, subject_id)
       select gen_random_uuid(), $1, '{"kind":"system"}', 'x.y', 'z', n::text from generate_series(1, 1203) n returning 1)
     select count(*) from made`,
    [owner.tenantId],
  )
  const text = await (await owner.request('GET', '/audit/export?format=jsonl&action=x.y')).text()
  const ids = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id)
  assert.deepEqual([ids.length, new Set(ids).size], [1203, 1203])
  const agent = await house.member(owner, 'agent')
  assert.equal((await agent.request('GET', '/audit/export')).status, 403)
})

test('[SEC-09] the log and its export are filtered by who did it, by kind of actor and by time', async () => {
  const owner = await house.owner()
  const admin = await house.member(owner, 'admin')
  const made = (who: typeof owner, key: string) => who.json(201, 'POST', '/roles', { key, name: key, permissions: [] })
  await made(owner, 'by_owner')
  await made(admin, 'by_admin')
  const { secret } = await makeKey(owner, { permissions: ['tags.manage'] })
  assert.equal((await askAs(house, secret, '/tags', { method: 'POST', body: { name: 'vip' } })).status, 201)

  type Line = { at: string; action: string; actor: { kind: string; id?: string } }
  const asked = async (query: string) => {
    const { items } = await owner.json<{ items: Line[] }>(200, 'GET', `/audit?${query}`)
    const text = await (await owner.request('GET', `/audit/export?format=jsonl&${query}`)).text()
    const exported = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Line]))
    // The export is a line itself, and is written before it is read.
    const others = (lines: Line[]) => lines.filter(({ action }) => action !== 'audit.export')
    assert.deepEqual(others(exported), others(items), query)
    return others(items)
  }
  const ofAdmin = await asked(`actorId=${admin.personId}`)
  assert.ok(ofAdmin.some(({ action }) => action === 'roles.create'))
  assert.ok(ofAdmin.every(({ actor }) => actor.id === admin.personId))
  const ofKeys = await asked('actorKind=api_key')
  assert.deepEqual(
    ofKeys.map(({ action }) => action),
    ['tags.create'],
  )
  const { at } = ofKeys[0]!
  const after = new Date(Date.parse(at) + 1).toISOString()
  const inThatMoment = await asked(`actorKind=api_key&from=${encodeURIComponent(at)}&to=${encodeURIComponent(after)}`)
  assert.equal(inThatMoment.length, 1)
  assert.deepEqual(await asked(`actorKind=api_key&to=${encodeURIComponent(at)}`), [])
  // The same instants with an offset, as a browser elsewhere would write them.
  const elsewhere = new Date(Date.parse(at) + 2 * 3_600_000).toISOString().replace('Z', '+02:00')
  assert.equal((await asked(`actorKind=api_key&from=${encodeURIComponent(elsewhere)}`)).length, 1)
  for (const query of ['actorKind=nobody', 'actorId=x', 'from=yesterday', 'to=0330-04-09T00:35:49-20:21']) {
    assert.equal((await owner.request('GET', `/audit?${query}`)).status, 422, query)
    assert.equal((await owner.request('GET', `/audit/export?${query}`)).status, 422, query)
  }
})

test('[SEC-09] what one person did is found by an index, however much others did', async () => {
  const owner = await house.owner()
  const plan = await house.deps.db.tenant(owner.tenantId, async (tx) => {
    await tx.run(sql`set local enable_seqscan = off`)
    const rows = await tx.rows<Record<string, string>>(sql`
      explain select id from audit_log where actor_id = ${owner.personId}
      order by id desc limit 50`)
    return rows.flatMap(Object.values).join('\n')
  })
  assert.match(plan, /Index Cond: .*actor_id =/)
})
