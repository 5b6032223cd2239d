import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { PLATFORM_ACTIONS, type PlatformAuditLine } from '#domain/platform/audit-log.ts'
import { auditHeads, verifyChain } from '#infra/db/stores/audit-chain.ts'
import { platformChain } from '#infra/db/stores/audit-chain-places.ts'
import { childEnv, settingsToEnv } from '#infra/env.ts'
import { newId } from '#infra/ids.ts'
import { type Browser, openHouse } from './house.ts'

const house = await openHouse()
const platform = await house.administrator()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-platform-log-'))
after(() => rmSync(folder, { recursive: true }))

type Page = { items: PlatformAuditLine[]; nextCursor: string | null }

/** How many lines about a tenant stand in the platform's log and in its own. */
async function linesOf(tenantId: string): Promise<[number, number]> {
  const [row] = await house.admin<{ platform: number; own: number }>(
    `select (select count(*)::int from platform.audit_log where tenant_id = $1) as platform,
       (select count(*)::int from audit_log where tenant_id = $1 and actor->>'kind' = 'platform') as own`,
    [tenantId],
  )
  return [row!.platform, row!.own]
}

async function parkedItem(tenantId: string): Promise<string> {
  const [channelId, itemId] = [newId(), newId()]
  await house.admin(
    `insert into channels (id, tenant_id, name, business_account_id, external_id, webhook_key, access_token, app_secret,
       verify_token) values ($1, $2, 'N', '1', $3, $3, 'x', 'x', 'x')`,
    [channelId, tenantId, channelId],
  )
  await house.admin(
    `insert into inbound_events (id, tenant_id, channel_id, body_id, key, kind, lane, item, state)
     values ($1, $2, $3, $1, 'k', 'message', 'l', '{}', 'dead')`,
    [itemId, tenantId, channelId],
  )
  return `/platform/parked-items/${tenantId}/${channelId}/${itemId}/retry`
}

/** What an administrator does to a tenant, and what shows that it was done. */
async function acts(owner: Browser): Promise<Record<string, { does: () => Promise<Response>; done: string }>> {
  const { tenantId } = owner
  const retry = await parkedItem(tenantId)
  await owner.json(200, 'PUT', '/support-access', { scope: 'read', reason: 'It stands still', hours: 1 })
  const change = { quotas: { tags: 7 } }
  return {
    change: {
      does: () => platform.request('PATCH', `/platform/tenants/${tenantId}`, change),
      done: `select 1 from tenants where id = '${tenantId}' and quotas->>'tags' = '7'`,
    },
    retry: {
      does: () => platform.request('POST', retry),
      done: `select 1 from inbound_events where tenant_id = '${tenantId}' and state = 'new'`,
    },
    enter: {
      does: () => platform.request('POST', `/platform/tenants/${tenantId}/enter`),
      done: `select 1 from auth.session where "tenantId" = '${tenantId}' and "userId" = '${platform.personId}'`,
    },
  }
}

/** Does something while a table takes no more rows. @returns whether it was answered as done. */
async function whileFull(table: string, does: () => Promise<Response>): Promise<boolean> {
  await house.admin(`alter table ${table} add constraint is_full check (false) not valid`)
  try {
    return (await does()).ok
  } finally {
    await house.admin(`alter table ${table} drop constraint is_full`)
  }
}

test('[SEC-09] what an administrator does to a tenant stands in both logs, or in neither and is not done', async () => {
  const owner = await house.owner('Twice told')
  for (const [name, { does, done }] of Object.entries(await acts(owner))) {
    // The chains are linked at the end, when all else is done: as if it were killed there.
    for (const table of ['platform.audit_log', 'audit_log', 'platform.audit_chain', 'audit_chain']) {
      const before = await linesOf(owner.tenantId)
      assert.equal(await whileFull(table, does), false, `${name} without ${table}`)
      assert.deepEqual(await linesOf(owner.tenantId), before, `${name} without ${table}`)
      assert.deepEqual(await house.admin(done), [], `${name} without ${table}`)
    }
    const [inPlatform, inTenant] = await linesOf(owner.tenantId)
    assert.ok((await does()).ok, name)
    assert.deepEqual(await linesOf(owner.tenantId), [inPlatform + 1, inTenant + 1], name)
    assert.equal((await house.admin(done)).length, 1, name)
  }
  await platform.json(204, 'POST', '/platform/leave')
  const { items } = await owner.json<Page>(200, 'GET', '/audit?actorKind=platform')
  assert.deepEqual(
    items.map(({ action }) => action),
    ['support.leave', 'support.enter', 'channels.retry_item', 'tenants.platform_change'],
  )
})

test('[SEC-09] a tenant that could not be written down was not made', async () => {
  const make = () => platform.request('POST', '/platform/tenants', { name: 'Unheard of', ownerEmail: 'o@unheard.test' })
  assert.equal(await whileFull('platform.audit_log', make), false)
  assert.deepEqual(await house.admin(`select 1 from tenants where name = 'Unheard of'`), [])
  const made = (await (await make()).json()) as { id: string }
  assert.deepEqual(await linesOf(made.id), [1, 1])
})

test('[S63] a tenant adds lines about itself to the log of the platform, about nobody else, and reads none', async () => {
  const [one, other] = [await house.owner(), await house.owner()]
  const ask = (text: string) =>
    house.deps.db
      .tenant(one.tenantId, (tx) => tx.run({ text, values: [], name: newId() }))
      .catch((e: Error) => e.message)
  const line = (tenant: string) =>
    `insert into platform.audit_log (id, person_id, action, subject_type, subject_id, tenant_id)
     values ('${newId()}', '${newId()}', 'x.y', 'tenant', 'z', ${tenant})`
  assert.equal(await ask(line(`'${one.tenantId}'`)), 1)
  assert.match(String(await ask(line(`'${other.tenantId}'`))), /row-level security/)
  assert.match(String(await ask(line('null'))), /row-level security/)
  for (const text of [
    'select 1 from platform.audit_log',
    'delete from platform.audit_log',
    `update platform.audit_log set action = 'x'`,
    'select 1 from platform.audit_chain',
    'update platform.audit_head set seq = 0',
    'select 1 from platform.administrators',
  ]) {
    assert.match(String(await ask(text)), /permission denied/, text)
  }
})

test('[SEC-09] the log of the platform is filtered by who, what and when, and exported so; the export is a line itself', async () => {
  const [one, other, owner] = [await house.administrator(), await house.administrator(), await house.owner()]
  const change = (who: Browser, tags: number) =>
    who.json(200, 'PATCH', `/platform/tenants/${owner.tenantId}`, { quotas: { tags } })
  await change(one, 1)
  await change(other, 2)
  await one.json(200, 'PUT', '/platform/texts/en', { texts: { 'inbox.title': 'Post' } })
  const asked = async (query: string) => {
    const { items } = await platform.json<Page>(200, 'GET', `/platform/audit?${query}`)
    const text = await (await platform.request('GET', `/platform/audit/export?format=jsonl&${query}`)).text()
    const exported = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as PlatformAuditLine]))
    const others = (lines: PlatformAuditLine[]) => lines.filter(({ action }) => action !== 'audit.export')
    assert.deepEqual(others(exported), others(items), query)
    return others(items)
  }
  const acts = async (query: string) => (await asked(query)).map(({ action }) => action)
  assert.deepEqual(await acts(`personId=${one.personId}`), ['texts.put', 'tenants.change'])
  assert.deepEqual(await acts(`personId=${one.personId}&action=tenants.change`), ['tenants.change'])
  assert.equal((await asked(`tenantId=${owner.tenantId}`)).length, 2)
  const { at } = (await asked(`personId=${other.personId}`))[0]!
  const after = new Date(Date.parse(at) + 1).toISOString()
  assert.deepEqual(await acts(`personId=${other.personId}&from=${at}&to=${after}`), ['tenants.change'])
  assert.deepEqual(await acts(`personId=${other.personId}&to=${at}`), [])
  for (const query of ['personId=x', 'from=yesterday', 'kind=person']) {
    assert.equal((await platform.request('GET', `/platform/audit?${query}`)).status, 422, query)
    assert.equal((await platform.request('GET', `/platform/audit/export?${query}`)).status, 422, query)
  }
  assert.equal((await owner.request('GET', '/platform/audit/export')).status, 403)
  const csv = await platform.request('GET', `/platform/audit/export?personId=${one.personId}`)
  assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
  const [head, ...rows] = (await csv.text()).trimEnd().split('\r\n')
  assert.equal(head, 'at,action,person_id,person_name,tenant_id,subject,subject_id,request,detail')
  assert.equal(rows.length, 2)
  const exports = await platform.json<Page>(200, 'GET', '/platform/audit?action=audit.export')
  assert.partialDeepStrictEqual(exports.items[0]!.detail, { format: 'csv', personId: one.personId })
})

test('whatever the platform writes down can be asked for by its name', () => {
  const root = join(import.meta.dirname, '../..')
  const text = globSync('{api/routes/platform*,scripts/platform*}.ts', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n')
  const written = [...text.matchAll(/action: '([a-z_.]+)'/g)].map(([, action]) => action!)
  const known: readonly string[] = PLATFORM_ACTIONS
  assert.ok(written.length > 10)
  assert.deepEqual(
    written.filter((action) => !known.includes(action)),
    [],
  )
})

const verdict = () => verifyChain(platformChain(house.deps.platform!), { nowMs: Date.now() })

/** What somebody does who owns the machine: past all triggers. */
async function tamper(set: string, id: string): Promise<void> {
  await house.admin(
    `do $$ begin set local session_replication_role = replica;
      update platform.audit_log set ${set} where id = '${id}'; end $$`,
  )
}

test('[S63] [SEC-09] lines of the platform at once make one whole chain, and one that is changed is named', async () => {
  const owner = await house.owner()
  const path = `/platform/tenants/${owner.tenantId}`
  const changes = Array.from({ length: 12 }, (_, tags) => platform.json(200, 'PATCH', path, { quotas: { tags } }))
  const texts = Array.from({ length: 6 }, (_, index) =>
    platform.json(200, 'PUT', '/platform/texts/en', { texts: { 'inbox.title': `Letters ${index}` } }),
  )
  await Promise.all([...changes, ...texts])
  const whole = await verdict()
  const [count] = await house.admin<{ lines: number }>('select count(*)::int as lines from platform.audit_log')
  assert.deepEqual([whole.broken, whole.lines, whole.head.seq], [undefined, count!.lines, count!.lines])

  const [third] = await house.admin<{ id: string; action: string }>(
    'select l.id, l.action from platform.audit_chain c join platform.audit_log l on l.id = c.audit_id where c.seq = 3',
  )
  await tamper(`action = 'nothing.happened'`, third!.id)
  const { broken } = await verdict()
  assert.deepEqual([broken?.seq, broken?.auditId, broken?.fault], [3, third!.id, 'line_changed'])
  await tamper(`action = '${third!.action}'`, third!.id)
  assert.equal((await verdict()).broken, undefined)
})

test('[S63] the command verifies the chain of the platform, against its end that was noted outside', async () => {
  const heads = await house.deps.db.relay(auditHeads)
  assert.ok(heads.some(({ tenantId, seq }) => tenantId === 'platform' && seq > 3))
  const anchors = join(folder, 'heads.jsonl')
  writeFileSync(anchors, heads.map((head) => `${JSON.stringify(head)}\n`).join(''))
  const { app, relay, platform: platformUrl } = house.database.urls
  const run = (more: { databasePlatformUrl?: string }) =>
    spawnSync(process.execPath, ['scripts/verify-audit.ts', '--anchors', anchors], {
      cwd: join(import.meta.dirname, '../..'),
      env: childEnv(settingsToEnv({ databaseAppUrl: app, databaseRelayUrl: relay, ...more })),
      encoding: 'utf8',
    })
  const whole = run({ databasePlatformUrl: platformUrl })
  assert.deepEqual([whole.status, whole.stderr], [0, ''])
  assert.match(whole.stdout, /^platform: \d+ lines, whole/m)
  // A chain that nobody looked at is not called whole.
  const unread = run({})
  assert.equal(unread.status, 1)
  assert.match(unread.stderr, /platform: NOT READ/)
  // The tail is cut together with its end: nothing inside the database tells.
  await house.admin(
    `do $$ begin set local session_replication_role = replica;
      delete from platform.audit_log where id = (select audit_id from platform.audit_chain order by seq desc limit 1);
      delete from platform.audit_chain where seq = (select seq from platform.audit_head);
      update platform.audit_head h set seq = c.seq, hash = c.hash from platform.audit_chain c where c.seq = h.seq - 1;
    end $$`,
  )
  assert.equal((await verdict()).broken, undefined)
  const cut = run({ databasePlatformUrl: platformUrl })
  assert.equal(cut.status, 1)
  assert.match(cut.stderr, /platform: BROKEN at line \d+ \(no row\): tail_cut/)
})
