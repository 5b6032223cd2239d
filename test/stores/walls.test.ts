import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { createDb, sql, type Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { freshDatabase } from '../support/postgres.ts'
import { RELAY_GRANTS } from './relay-grants.ts'

const database = await freshDatabase()
const admin = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
const app = new pg.Pool({ connectionString: database.urls.app, max: 1 })
const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 2, relayPoolSize: 1 })
for (const pool of [admin, app]) pool.on('error', () => undefined)
after(async () => {
  await Promise.all([admin.end(), app.end(), db.close()])
  await database.drop()
})

const behindTheWalls = async <T extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<T[]> =>
  (await admin.query<T>(text, values)).rows

const TENANT_TABLES = `
  select c.oid, c.relname as name, c.relrowsecurity as guarded, c.relforcerowsecurity as forced,
    pg_get_userbyid(c.relowner) as owner
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`

type Table = { oid: number; name: string; guarded: boolean; forced: boolean; owner: string }
const tables = await behindTheWalls<Table>(TENANT_TABLES)

/** Two tenants with a row in the tables that most tests look at. */
async function twoTenants(): Promise<[string, string]> {
  const ids: [string, string] = [newId(), newId()]
  for (const id of ids) {
    await db.tenant(id, async (tx) => {
      await tx.run(sql`insert into tenants (id, name) values (${id}, ${`Tenant ${id}`})`)
      await tx.run(sql`insert into roles (id, tenant_id, key, name) values (${newId()}, ${id}, 'agent', 'Agent')`)
      await tx.run(sql`insert into tags (id, tenant_id, name) values (${newId()}, ${id}, 'vip')`)
      await tx.run(sql`
        insert into events (id, tenant_id, type, actor, subject_type, subject_id)
        values (${newId()}, ${id}, 'tenant.created', '{"kind":"system"}', 'tenant', ${id})`)
    })
  }
  return ids
}
const [A, B] = await twoTenants()

test('[S05] the roles that serve are no owner, no superuser and pass no wall', async () => {
  const roles = await behindTheWalls<{ name: string; mighty: boolean }>(`
    select rolname as name, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as mighty
    from pg_roles where rolname like 'holdfast\\_%' order by 1`)
  assert.deepEqual(
    roles.map(({ name }) => name),
    ['holdfast_app', 'holdfast_auth', 'holdfast_migrate', 'holdfast_platform', 'holdfast_relay'],
  )
  assert.ok(roles.every(({ mighty }) => !mighty))
  assert.ok(tables.length > 30)
  assert.deepEqual([...new Set(tables.map(({ owner }) => owner))], ['holdfast_migrate'])
  const memberships = await behindTheWalls<{ member: string }>(`
    select m.rolname as member from pg_auth_members a join pg_roles m on m.oid = a.member
    where m.rolname in ('holdfast_app', 'holdfast_relay', 'holdfast_auth', 'holdfast_platform')`)
  assert.deepEqual(memberships, [])
})

test('[S05] [SEC-01] every table of a tenant has forced row-level security and one policy for all commands, with check', async () => {
  const open = tables.filter(({ guarded, forced }) => !guarded || !forced).map(({ name }) => name)
  assert.deepEqual(open, [])
  type Policy = {
    tablename: string
    permissive: string
    roles: string[]
    cmd: string
    qual: string
    with_check: string
  }
  const policies = await behindTheWalls<Policy>(`
    select tablename::text, permissive, roles::text[], cmd, qual, with_check from pg_policies where schemaname = 'public'`)
  const ours = /^\(tenant_id = \( SELECT (public\.)?current_tenant\(\) AS current_tenant\)\)$/
  for (const { name } of tables) {
    const forApp = policies.filter(({ tablename, roles }) => tablename === name && roles.includes('holdfast_app'))
    assert.equal(forApp.length, 1, `${name} has one policy for the app`)
    const { cmd, qual, with_check: check } = forApp[0]!
    assert.deepEqual([cmd, ours.test(qual), ours.test(check)], ['ALL', true, true], `${name}: ${qual} / ${check}`)
  }
  const strangers = policies.filter(
    ({ roles }) => !['holdfast_app', 'holdfast_relay', 'holdfast_platform'].includes(roles.join()),
  )
  assert.deepEqual(strangers, [])
})

test('[S05] tables without a tenant are known by name, and partitions are reached through their parents only', async () => {
  const others = await behindTheWalls<{ name: string }>(
    `
    select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition and not c.oid = any($1::oid[]) order by 1`,
    [tables.map(({ oid }) => oid)],
  )
  assert.deepEqual(
    others.map(({ name }) => name),
    [
      ...['address_rates', 'event_cursors', 'migrations', 'partitioned_tables', 'people', 'person_idempotency_keys'],
      ...['plans', 'process_beats', 'tenants'],
    ],
  )
  const direct = await behindTheWalls<{ name: string }>(`
    select c.relname as name from pg_class c, unnest(array['holdfast_app', 'holdfast_relay', 'holdfast_auth']) r
    where c.relispartition and has_table_privilege(r, c.oid, 'select, insert, update, delete')`)
  assert.deepEqual(direct, [])
  const foreign = await behindTheWalls<{ name: string; role: string }>(`
    select r as role, c.relname as name
    from pg_class c, unnest(array['holdfast_app', 'holdfast_relay', 'holdfast_auth']) r
    where c.relkind in ('r', 'p') and has_any_column_privilege(r, c.oid, 'select, insert, update')
      and (c.relname in ('migrations', 'partitioned_tables')
        or (c.relnamespace = 'auth'::regnamespace) <> (r = 'holdfast_auth')
        and c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace))`)
  assert.deepEqual(foreign, [])
})

test('[S05] the relay may read and write exactly what this list says, and never what people wrote', async () => {
  const columns = await behindTheWalls<{ line: string }>(`
    select table_name || ' ' || lower(privilege_type) || ': ' || string_agg(column_name, ' ' order by column_name) as line
    from information_schema.column_privileges where grantee = 'holdfast_relay' and table_schema = 'public'
    group by table_name, privilege_type`)
  const whole = await behindTheWalls<{ line: string }>(`
    select table_name || ' ' || lower(privilege_type) as line from information_schema.table_privileges
    where grantee = 'holdfast_relay' and table_schema = 'public'`)
  assert.deepEqual([...columns, ...whole].map(({ line }) => line).sort(), [...RELAY_GRANTS].sort())
  for (const text of ['select content from messages', 'select body from inbound_bodies', 'select data from events']) {
    await assert.rejects(
      db.relay((tx) => tx.rows({ text, values: [], name: text })),
      /permission denied/,
    )
  }
})

test('[S06] no view sees past the walls, and only named functions run as their owner, with a pinned search path', async () => {
  const views = await behindTheWalls<{ name: string }>(`
    select relname as name from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace
      and not coalesce(reloptions @> array['security_invoker=true'], false)`)
  assert.deepEqual(views, [])
  const functions = await behindTheWalls<{ name: string; definer: boolean; pinned: boolean }>(`
    select p.oid::regproc::text as name, p.prosecdef as definer,
      exists (select 1 from unnest(p.proconfig) o where o like 'search_path=%') as pinned
    from pg_proc p left join pg_depend d on d.objid = p.oid and d.deptype = 'e'
    where p.pronamespace in ('public'::regnamespace, 'platform'::regnamespace) and d.objid is null`)
  assert.deepEqual(
    functions
      .filter(({ definer }) => definer)
      .map(({ name }) => name)
      .sort(),
    ['drop_partitions', 'ensure_partitions', 'platform.chain_audit_line', 'schema_changes', 'turn_request_days'],
  )
  assert.deepEqual(
    functions.filter(({ pinned }) => !pinned),
    [],
  )
})

test('[S03] without a tenant in context every table is empty, before and after somebody else used the connection', async () => {
  const lookAtAll = async (when: string) => {
    for (const { name } of [...tables, { name: 'tenants' }, { name: 'people' }]) {
      const { rows } = await app.query(`select count(*)::int as count from ${pg.escapeIdentifier(name)}`)
      assert.equal(rows[0].count, 0, `${name} ${when}`)
    }
  }
  await lookAtAll('on a new connection')
  await app.query(`begin; select set_config('app.tenant', '${A}', true)`)
  assert.equal((await app.query('select 1 from tags')).rowCount, 1)
  await app.query('commit')
  await lookAtAll('after a transaction of a tenant')
  for (const table of ['tags', 'roles', 'events']) {
    assert.equal((await app.query(`update ${table} set tenant_id = tenant_id`)).rowCount, 0)
    assert.equal((await app.query(`delete from ${table}`)).rowCount, 0)
  }
  await assert.rejects(
    app.query('insert into tags (id, tenant_id, name) values ($1, $2, $3)', [newId(), A, 'x']),
    /row-level security/,
  )
})

test('[S03] [S12] a context is the uuid of a tenant and nothing else', async () => {
  const never = () => assert.fail('ran without a context')
  for (const context of ['', 'x', `${A}'; select 1 --`, `${A} `, A.toUpperCase()]) {
    await assert.rejects(async () => db.tenant(context, never), TypeError)
    await assert.rejects(async () => db.tenant({ tenantId: A, personId: context || 'x' }, never), TypeError)
  }
})

test('[S02] [SEC-02] rows of another tenant can be neither named, nor moved, nor adopted', async () => {
  const [{ id: foreignRole }] = (await behindTheWalls<{ id: string }>('select id from roles where tenant_id = $1', [
    B,
  ])) as [{ id: string }]
  const person = newId()
  await db.tenant({ tenantId: A, personId: person }, async (tx) => {
    await tx.run(sql`insert into people (id, email, name) values (${person}, ${`${person}@t.test`}, 'P')`)
  })
  await assert.rejects(
    db.tenant(A, (tx) =>
      tx.run(sql`
      insert into memberships (id, tenant_id, person_id, role_id) values (${newId()}, ${A}, ${person}, ${foreignRole})`),
    ),
    /foreign key/,
  )
  assert.equal(await db.tenant(A, (tx) => tx.run(sql`update roles set name = 'mine' where id = ${foreignRole}`)), 0)
  assert.equal(await db.tenant(A, (tx) => tx.run(sql`delete from roles where id = ${foreignRole}`)), 0)
  await assert.rejects(
    db.tenant(A, (tx) => tx.run(sql`update tags set tenant_id = ${B}`)),
    /row-level security/,
  )
  const loose = await behindTheWalls<{ name: string }>(
    `
    select k.conname as name from pg_constraint k
    where k.contype = 'f' and k.conrelid = any($1::oid[]) and k.confrelid = any($1::oid[])
      and not exists (select 1 from pg_attribute a where a.attrelid = k.conrelid and a.attnum = any(k.conkey)
        and a.attname = 'tenant_id')`,
    [tables.map(({ oid }) => oid)],
  )
  assert.deepEqual(loose, [], 'every reference between tables of tenants names the tenant too')
})

test('[S07] what another tenant holds is free here: only secrets and numbers are unique across tenants', async () => {
  await db.tenant(A, (tx) => tx.run(sql`insert into tags (id, tenant_id, name) values (${newId()}, ${A}, 'spring')`))
  await db.tenant(B, (tx) => tx.run(sql`insert into tags (id, tenant_id, name) values (${newId()}, ${B}, 'spring')`))
  const across = await behindTheWalls<{ name: string }>(
    `
    select i.indexrelid::regclass::text as name from pg_index i
    where i.indisunique and not i.indisprimary and i.indrelid = any($1::oid[])
      and not exists (select 1 from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any(i.indkey)
        and a.attname = 'tenant_id') order by 1`,
    [tables.map(({ oid }) => oid)],
  )
  assert.deepEqual(
    across.map(({ name }) => name),
    [
      'api_keys_secret_hash_key',
      'channels_kind_external_id_key',
      'channels_webhook_key_key',
      'invitations_token_hash_key',
    ],
  )
})

test('a transaction that swallowed the error of a statement does not pass for one that was kept', async () => {
  const id = newId()
  const work = db.tenant(A, async (tx) => {
    await tx.run(sql`insert into tags (id, tenant_id, name) values (${id}, ${A}, 'never kept')`)
    await tx.run(sql`select 1 / (select 0)`).catch(() => undefined)
  })
  await assert.rejects(work, /none of it was kept/)
  assert.deepEqual(await behindTheWalls('select 1 from tags where id = $1', [id]), [])
})

test('a connection that Postgres ends in the middle of a transaction fails the transaction and not the process', async () => {
  await assert.rejects(db.tenant(A, (tx) => tx.run(sql`select pg_terminate_backend(pg_backend_pid())`)))
  assert.equal(await db.tenant(A, (tx) => tx.run(sql`select 1`)), 1)
})

/** One of the ways in which a transaction goes; each looks around before it ends. */
type Way = (tx: Tx, tenantId: string) => Promise<void>

async function lookAround(tx: Tx, tenantId: string): Promise<void> {
  const seen = await tx.rows<{ tenant_id: string }>(sql`
    select tenant_id from tags union all select tenant_id from roles union all select id from tenants
    union all select tenant_id from events`)
  assert.ok(seen.length >= 4)
  for (const row of seen) assert.equal(row.tenant_id, tenantId)
}

class Thrown extends Error {}
const WAYS: Record<string, Way> = {
  reads: lookAround,
  throws: async (tx, tenantId) => {
    await lookAround(tx, tenantId)
    throw new Thrown()
  },
  breaks: async (tx, tenantId) => {
    await lookAround(tx, tenantId)
    await tx.run(sql`select 1 / (select 0)`)
  },
  'times out': async (tx, tenantId) => {
    await lookAround(tx, tenantId)
    await tx.run(sql`set local statement_timeout = 1`)
    await tx.run(sql`select pg_sleep(0.05)`)
  },
  'goes back to a savepoint': async (tx, tenantId) => {
    await tx.run(sql`savepoint here`)
    await tx.run(sql`select 1 / (select 0)`).catch(() => undefined)
    await tx.run(sql`rollback to savepoint here`)
    await lookAround(tx, tenantId)
  },
  'loses its connection': async (tx, tenantId) => {
    await lookAround(tx, tenantId)
    await tx.run(sql`select pg_terminate_backend(pg_backend_pid())`)
  },
  'swallows an error and commits': async (tx, tenantId) => {
    await lookAround(tx, tenantId)
    await tx.run(sql`select 1 / (select 0)`).catch(() => undefined)
  },
}

/** The same choices in each run: a way is taken as often as its weight. */
function* choices(count: number): Generator<{ way: Way; tenantId: string }> {
  const weighted: [string, number][] = [
    ['reads', 60],
    ['throws', 12],
    ['breaks', 10],
    ['goes back to a savepoint', 10],
    ['swallows an error and commits', 6],
    ['times out', 1.5],
    ['loses its connection', 0.5],
  ]
  let seed = 20_261_121
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  for (let index = 0; index < count; index += 1) {
    let left = random() * 100
    const [name] = weighted.find(([, weight]) => {
      left -= weight
      return left < 0
    }) ?? ['reads']
    yield { way: WAYS[name]!, tenantId: random() < 0.5 ? A : B }
  }
}

test('[S04] [SEC-02] ten thousand transactions of two tenants on two connections, many of them broken, leak nothing', async () => {
  const work = choices(10_000)
  let ended = 0
  const taker = async () => {
    for (const { way, tenantId } of work) {
      await db
        .tenant(tenantId, (tx) => way(tx, tenantId))
        .catch((error: unknown) => {
          if (error instanceof assert.AssertionError) throw error
        })
      ended += 1
      if (ended % 50 === 0) {
        const relayed = await db.relay((tx) => tx.rows(sql`select id from tenants`))
        assert.equal(relayed.length, 2)
      }
    }
  }
  await Promise.all(Array.from({ length: 6 }, taker))
  assert.equal(ended, 10_000)
})
