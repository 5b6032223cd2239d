import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { RETENTION_DEFAULT, retentionLimits } from '#domain/privacy/retention.ts'
import { BY_ROW } from '#infra/db/stores/retention-rows.ts'
import { newId } from '#infra/ids.ts'
import { createLogger } from '#infra/log.ts'
import { createFileStore } from '#infra/media/store.ts'
import { retain } from '#worker/retention.ts'
import { as, openProduct } from '../support/product.ts'

const product = await openProduct()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-retention-rows-'))
const superuser = new pg.Pool({ connectionString: product.database.adminUrl, max: 1 })
superuser.on('error', () => undefined)
after(async () => {
  rmSync(folder, { recursive: true })
  await superuser.end()
  await product.close()
})
const media = createFileStore(folder)
const deps = { db: product.db, media, log: createLogger({ name: 'test', level: 'silent' }), now: Date.now }
const DAY_MS = 86_400_000

const ID = `(substr(uuid_floor($2)::text, 1, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid`
const ANY = 'gen_random_uuid()'

/** A row of each table, of a tenant ($1) and an instant ($2): past its use, unless `open` says how it is not. */
const ROWS: Record<keyof typeof BY_ROW, { columns: string; values: string; open?: string }> = {
  runs: {
    columns: 'id, flow_id, flow_version_id, contact_id, conversation_id, cause, state, started_at, ended_at',
    values: `${ANY}, ${ANY}, ${ANY}, ${ANY}, ${ANY}, '{}', 'closed', $2, $2`,
    open: `state = 'open', ended_at = null`,
  },
  run_events: { columns: 'id, run_id, turn, at, kind', values: `${ID}, ${ANY}, 1, $2, 'x'` },
  conversations: {
    columns: 'id, channel_id, contact_id, state, closed_at, last_message_at, created_at',
    values: `${ANY}, ${ANY}, ${ANY}, 'closed', $2, $2, $2`,
    open: `state = 'queued', closed_at = null`,
  },
  events: { columns: 'id, type, actor, subject_type, subject_id', values: `${ID}, 'x', '{}', 'tenant', ${ANY}` },
  channel_events: { columns: 'id, channel_id, kind, payload', values: `${ID}, ${ANY}, 'x', '{}'` },
  flow_firings: {
    columns: 'flow_id, fire_at, flow_version_id, state',
    values: `${ANY}, $2, ${ANY}, 'done'`,
    open: `state = 'running'`,
  },
  diagnostic_runs: {
    columns: 'id, cause, requested_by, state, result, ended_at',
    values: `${ID}, 'schedule', '{}', 'done', 'passed', $2`,
  },
  data_requests: {
    columns: 'id, contact_id, kind, state, requested_by, ended_at',
    values: `${ID}, ${ANY}, 'export', 'done', '{}', $2`,
    open: `state = 'running', ended_at = null`,
  },
  invitations: {
    columns: 'id, email, role_id, token_hash, expires_at',
    values: `${ANY}, 'a@b.test', ${ANY}, sha256(gen_random_uuid()::text::bytea), $2`,
  },
  support_grants: {
    columns: 'id, scope, reason, expires_at, created_at',
    values: `${ANY}, 'read', 'x', $2::timestamptz, $2::timestamptz - interval '1 hour'`,
  },
  inbound_events: {
    columns: 'id, channel_id, body_id, key, kind, lane, state',
    values: `${ID}, ${ANY}, ${ANY}, 'k', 'message', 'l', 'dead'`,
    open: `state = 'new'`,
  },
  inbound_bodies: { columns: 'id, channel_id, body', values: `${ID}, ${ANY}, 'x'` },
  event_retries: {
    columns: 'reader, event_id, state, error, created_at',
    values: `'x', ${ANY}, 'dead', 'x', $2`,
    open: `state = 'waiting'`,
  },
  contact_changes: { columns: 'event_id, contact_id, field', values: `${ID}, ${ANY}, 'name'` },
  turn_outcomes: {
    columns: 'workflow_id, first_run_id, turn, outcome, at',
    values: `gen_random_uuid()::text, 'r', 1, '{}', $2`,
  },
  webhook_attempts: {
    columns: 'id, subscription_id, message_id, number, at, url, request_headers',
    values: `${ID}, ${ANY}, ${ANY}, 1, $2, 'https://x.test', '{}'`,
  },
  webhook_deliveries: {
    columns: 'subscription_id, message_id, type, body, state, settled_at',
    values: `${ANY}, ${ID}, 'x', '{}', 'delivered', $2`,
    open: `state = 'retrying', settled_at = null`,
  },
  webhook_hours: {
    columns: 'subscription_id, hour, attempts',
    values: `${ANY}, $2::timestamptz - interval '2 days', 1`,
  },
  notifications: {
    columns: 'id, person_id, kind, subject_type, subject_id',
    values: `${ID}, ${ANY}, 'x', 'tenant', ${ANY}`,
  },
}

/** Past all keys and triggers: what else a row refers to is of no matter here. */
async function asOwnerOfAll(work: () => Promise<void>): Promise<void> {
  await superuser.query('set session_replication_role = replica')
  await work()
  await superuser.query('set session_replication_role = origin')
}

const add = (table: string, { columns, values }: { columns: string; values: string }, tenantId: string, at: Date) =>
  superuser.query(
    `insert into ${table} (tenant_id, ${columns}) select $1::uuid, ${values}
    where $2::timestamptz is not null`,
    [tenantId, at],
  )
const countOf = async (table: string, tenantId: string): Promise<number> =>
  (await superuser.query(`select count(*)::int as count from ${table} where tenant_id = $1`, [tenantId])).rows[0].count

test('[CONV-02] [SEC-09] what is past its time goes from every table, what is younger stays, and so does what is still open', async () => {
  const { tenantId } = await product.tenant()
  const limits = retentionLimits(RETENTION_DEFAULT, Date.now())
  const before = new Map<string, number>()
  await asOwnerOfAll(async () => {
    for (const [table, row] of Object.entries(ROWS)) {
      const limit = limits[BY_ROW[table as keyof typeof BY_ROW].by]
      before.set(table, await countOf(table, tenantId))
      await add(table, row, tenantId, new Date(limit + 3 * DAY_MS))
      await add(table, row, tenantId, new Date(limit - DAY_MS))
      if (row.open === undefined) continue
      await add(table, row, tenantId, new Date(limit - DAY_MS - 1))
      const oldest = `ctid = (select ctid from ${table} where tenant_id = $1 order by ${row.columns.includes('message_id') ? 'message_id' : 'ctid desc'} limit 1)`
      await superuser.query(`update ${table} set ${row.open} where tenant_id = $1 and ${oldest}`, [tenantId])
    }
  })
  await retain(deps)
  for (const [table, { open }] of Object.entries(ROWS)) {
    const left = (await countOf(table, tenantId)) - before.get(table)!
    assert.equal(left, open === undefined ? 1 : 2, table)
  }
})

test('a month of deliveries goes as a table, but not while one of them is on its way', async () => {
  const tenant = await product.tenant()
  await superuser.query('set role holdfast_migrate')
  for (const table of ['webhook_deliveries', 'webhook_attempts']) {
    await superuser.query(`create table ${table}_2021_03 partition of ${table}
      for values from (uuid_floor('2021-03-01')) to (uuid_floor('2021-04-01'))`)
  }
  await superuser.query('reset role')
  const at = new Date('2021-03-15T00:00:00Z')
  await asOwnerOfAll(async () => void (await add('webhook_deliveries', ROWS.webhook_deliveries, tenant.tenantId, at)))
  const exists = async (table: string) =>
    (await superuser.query(`select to_regclass($1) is not null as there`, [`${table}_2021_03`])).rows[0].there
  await superuser.query(`update webhook_deliveries_2021_03 set state = 'held'`)
  await retain(deps)
  assert.deepEqual([await exists('webhook_deliveries'), await exists('webhook_attempts')], [true, false])
  assert.equal(await countOf('webhook_deliveries', tenant.tenantId), 1)
  await superuser.query(`update webhook_deliveries_2021_03 set state = 'skipped'`)
  await retain(deps)
  assert.deepEqual(
    [await exists('webhook_deliveries'), await countOf('webhook_deliveries', tenant.tenantId)],
    [false, 0],
  )
})

test('a month of what came in does not go while anything of it is still to be taken', async () => {
  const { tenantId } = await product.tenant()
  await superuser.query('set role holdfast_migrate')
  await superuser.query(`create table inbound_events_2021_05 partition of inbound_events
    for values from (uuid_floor('2021-05-01')) to (uuid_floor('2021-06-01'))`)
  await superuser.query('reset role')
  const at = new Date('2021-05-15T00:00:00Z')
  await asOwnerOfAll(async () => void (await add('inbound_events', ROWS.inbound_events, tenantId, at)))
  const exists = async () =>
    (await superuser.query(`select to_regclass('inbound_events_2021_05') is not null as there`)).rows[0].there
  await superuser.query(`update inbound_events_2021_05 set state = 'new'`)
  await retain(deps)
  assert.equal(await exists(), true)
  await superuser.query(`update inbound_events_2021_05 set state = 'done'`)
  await retain(deps)
  assert.equal(await exists(), false)
})

test('a closed conversation stays while a run in it waits for its day', async () => {
  const { tenantId } = await product.tenant()
  const at = new Date(Date.now() - 900 * DAY_MS)
  await asOwnerOfAll(async () => {
    for (const table of ['conversations', 'runs'] as const) await add(table, ROWS[table], tenantId, at)
    await superuser.query(
      `update runs set state = 'open', ended_at = null, conversation_id = (select id from conversations where tenant_id = $1)
       where tenant_id = $1`,
      [tenantId],
    )
  })
  const left = async () => [await countOf('conversations', tenantId), await countOf('runs', tenantId)]
  await retain(deps)
  assert.deepEqual(await left(), [1, 1])
  await superuser.query(`update runs set state = 'closed', ended_at = $2 where tenant_id = $1`, [tenantId, at])
  await retain(deps)
  assert.deepEqual(await left(), [0, 0])
})

test('[CH-26] a file that a flow sends stays, and one that was sent again is as old as that', async () => {
  const { tenantId } = await product.tenant()
  const at = new Date(Date.now() - 900 * DAY_MS)
  const file = async (usedAt: Date | null) => {
    const { rows } = await superuser.query<{ id: string }>(
      `insert into media_files (id, tenant_id, media_type, state, mime_type, storage_key, created_at, used_at)
       values (gen_random_uuid(), $1, 'image', 'gone', 'image/png', null, $2, $3) returning id`,
      [tenantId, at, usedAt],
    )
    return rows[0]!.id
  }
  const [ofFlow, sentAgain] = [await file(null), await file(new Date())]
  await file(null)
  await file(at)
  await asOwnerOfAll(async () => {
    await superuser.query(
      `insert into flow_versions (id, tenant_id, flow_id, number, definition)
       values (gen_random_uuid(), $1, gen_random_uuid(), 1, jsonb_build_object('fileId', $2::text)),
         (gen_random_uuid(), $1, gen_random_uuid(), 1, jsonb_build_object('fileId', repeat('-', 36)))`,
      [tenantId, ofFlow],
    )
  })
  await retain(deps)
  const { rows } = await superuser.query<{ id: string }>('select id from media_files where tenant_id = $1', [tenantId])
  assert.deepEqual(new Set(rows.map(({ id }) => id)), new Set([ofFlow, sentAgain]))
})

test('a tenant keeps deliveries for as long as it says, from a week on', async () => {
  const [short, long] = [await product.tenant(), await product.tenant()]
  const keep = (tenant: typeof short, deliveryDays: number) =>
    product.call(as(tenant), 'PATCH', '/retention', { deliveryDays })
  assert.equal((await keep(short, 7)).status, 200)
  assert.equal((await keep(long, 90)).status, 200)
  assert.equal((await keep(short, 6)).status, 422)
  const at = new Date(Date.now() - 10 * DAY_MS)
  await asOwnerOfAll(async () => {
    for (const { tenantId } of [short, long]) await add('webhook_deliveries', ROWS.webhook_deliveries, tenantId, at)
  })
  await retain(deps)
  assert.equal(await countOf('webhook_deliveries', short.tenantId), 0)
  assert.equal(await countOf('webhook_deliveries', long.tenantId), 1)
})

test('[SEC-10] the file of an export whose workflow was lost is taken away all the same, and the request stays as a fact', async () => {
  const { tenantId } = await product.tenant()
  const id = newId()
  const key = `exports/${id}/contact.tar`
  await media.put(tenantId, key, Buffer.from('x'), { mimeType: 'application/x-tar', sizeBytesMax: 10 })
  await asOwnerOfAll(async () => {
    await superuser.query(
      `insert into data_requests (id, tenant_id, contact_id, kind, state, requested_by, ended_at, storage_key, expires_at)
       values ($1, $2, gen_random_uuid(), 'export', 'done', '{}', now() - interval '9 days', $3, now() - interval '2 days')`,
      [id, tenantId, key],
    )
  })
  await retain(deps)
  assert.equal(await media.sizeBytes(tenantId, key), undefined)
  const { rows } = await superuser.query('select storage_key from data_requests where id = $1', [id])
  assert.deepEqual(rows, [{ storage_key: null }])
})

test('[INT-20] what is older than its delivery would be kept is not sent again as if it had never arrived', async () => {
  const tenant = await product.tenant()
  const { tenantId } = tenant
  const subscriptionId = newId()
  await asOwnerOfAll(async () => {
    await superuser.query(
      `insert into webhook_subscriptions (id, tenant_id, name, url, events, secret, secret_hint)
       values ($1, $2, 'Desk', 'https://hooks.example.com', '{conversation.closed}', 'x', 'abcd')`,
      [subscriptionId, tenantId],
    )
    for (const days of [40, 20]) {
      const at = new Date(Date.now() - days * DAY_MS)
      await superuser.query(
        `insert into events (id, tenant_id, type, actor, subject_type, subject_id, position, at)
         values (${ID}, $1, 'conversation.closed', '{"kind":"system"}', 'conversation', ${ANY}, $3, $2)`,
        [tenantId, at, days],
      )
    }
  })
  const again = async (which: string) => {
    const since = new Date(Date.now() - 100 * DAY_MS).toISOString()
    const path = `/webhook-subscriptions/${subscriptionId}/redeliver`
    return (await product.call<{ queued: number }>(as(tenant), 'POST', path, { since, which })).body
  }
  assert.partialDeepStrictEqual(await again('undelivered'), { queued: 1 })
  assert.partialDeepStrictEqual(await again('all'), { queued: 1 })
})
