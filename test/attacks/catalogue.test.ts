import assert from 'node:assert/strict'
import { after } from 'node:test'
import pg from 'pg'
import type { House } from '../api/house.ts'
import { freshDatabase } from '../support/postgres.ts'
import { asItIs, type Code, type Edit, holds } from '../support/without.ts'
import { houseOf, through } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })

type Tables = Pick<House, 'admin'>

/** The database of the house, and for each counter-trial one of its own with nothing around it. */
async function openTables(code: Code): Promise<Tables> {
  if (code === asItIs) return open(code)
  const database = await freshDatabase()
  const pool = new pg.Pool({ connectionString: database.adminUrl, max: 1 })
  after(() => pool.end().then(database.drop))
  return { admin: async (text, values = []) => (await pool.query(text, values)).rows }
}

/** All that runs as its owner: what the relay does to partitions of other people's tables, and the chain of the platform's log. */
const AS_OWNER = [
  'public.drop_partitions',
  'public.ensure_partitions',
  'public.schema_changes',
  'public.turn_request_days',
  'platform.chain_audit_line',
]

/** What the catalogue of the database says against us. A table, view or function that somebody adds tomorrow is judged as well. */
async function faultsOf(tables: Tables): Promise<string[]> {
  const rows = await tables.admin<{ fault: string }>(
    `
    with tables as (
      select c.oid, c.relname as name, c.relrowsecurity and c.relforcerowsecurity as walled, c.relowner from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition),
    schemas as (select oid, nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
    functions as (
      select p.*, n.nspname || '.' || p.proname as name from pg_proc p join schemas n on n.oid = p.pronamespace
      where not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e'))
    select name || ' has no wall' as fault from tables where not walled
    union all select name || ' has no policy for all, with check' from tables t where not exists (
      select from pg_policies p where p.schemaname = 'public' and p.tablename = t.name and p.cmd = 'ALL'
        and p.roles = '{holdfast_app}' and p.qual like '%current_tenant()%' and p.with_check like '%current_tenant()%')
    union all select name || ' belongs to ' || pg_get_userbyid(relowner) from tables
      where pg_get_userbyid(relowner) <> 'holdfast_migrate'
    union all select c.relname || ' sees past the walls' from pg_class c join schemas n on n.oid = c.relnamespace
      where c.relkind = 'm' or c.relkind = 'v' and not coalesce(c.reloptions @> array['security_invoker=true'], false)
    union all select name || ' pins no search path' from functions
      where not exists (select from unnest(proconfig) o where o like 'search_path=%')
    union all select name || ' runs as its owner' from functions where prosecdef and name <> all($1)
    union all select name || ' may be run by ' || role from functions,
      unnest(array['holdfast_app', 'holdfast_auth', 'holdfast_platform']) role
      where prosecdef and has_function_privilege(role, oid, 'execute')
    union all select c.conname || ' joins tenants' from pg_constraint c
      where c.contype = 'f' and c.conrelid in (select oid from tables) and c.confrelid in (select oid from tables)
        and not exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any(c.conkey)
          and a.attname = 'tenant_id')`,
    [AS_OWNER],
  )
  return rows.map(({ fault }) => fault)
}

const PINNED = `language sql security definer set search_path = pg_catalog as 'select 1'`

for (const [what, statement] of Object.entries({
  '[S05] a table without a wall': `create table loose (id uuid primary key, tenant_id uuid not null)`,
  '[S05] a wall that nobody forces': `alter table contacts no force row level security`,
  '[S05] a policy that checks no writing': `drop policy tenant on tags; create policy tenant on tags for all to holdfast_app
    using (tenant_id = (select current_tenant())) with check (true)`,
  '[S05] a table of another owner': `alter table contacts owner to current_user`,
  '[S02] [S05] a key without the tenant': `alter table contact_tags add foreign key (contact_id) references contacts (id)`,
  '[S06] a view of its owner': `create view everybody as select * from contacts`,
  '[S06] a view in another room': `create view platform.everybody as select * from contacts`,
  '[S06] a view that keeps what it saw': `create materialized view everybody as select * from contacts`,
  '[S06] a function as its owner, whose path is pinned': `create function anything() returns int ${PINNED}; revoke execute on
    function anything from public`,
  '[S06] a function of the house that whoever serves may run':
    'grant execute on function drop_partitions to holdfast_app',
  '[S06] a path that is pinned no more': 'alter function chain_audit_line() reset all',
})) {
  holds(`the catalogue of the database shows no fault, and shows ${what}`, {
    open: openTables,
    attack: faultsOf,
    async without(tables) {
      assert.deepEqual(await faultsOf(tables), [], 'what is found is what is done here')
      await tables.admin(statement)
    },
  })
}

holds('[S07] what another tenant has is as free here as what nobody has', {
  open,
  async attack(house) {
    const [victim, thief] = [await house.owner(), await house.owner()]
    const phone = '+4915112345678'
    await victim.json(201, 'POST', '/tags', { name: 'spring', color: 'blue' })
    await victim.json(201, 'POST', '/contacts', { name: 'A', phone })
    const tries = {
      'their tag': await thief.request('POST', '/tags', { name: 'spring', color: 'blue' }),
      'their contact': await thief.request('POST', '/contacts', { name: 'B', phone }),
    }
    return Object.entries(tries).flatMap(([name, { status }]) => (status === 201 ? [] : [`${name}: ${status}`]))
  },
  without: (house) => house.admin('create unique index on tags (name); create unique index on contacts (phone)'),
})

type Hook = { secret: string; subscription: { id: string } }

holds('[S49] [S55] a secret is told once: neither a repetition of the request nor any list tells it again', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const input = { name: 'Desk', url: 'https://hooks.example.com/in', events: ['conversation.closed'] }
    const make = (path: string, body: object) => owner.request('POST', path, body, { 'idempotency-key': `once${path}` })
    const hook = (await (await make('/webhook-subscriptions', input)).json()) as Hook
    const permissions = ['contacts.read']
    const key = (await (await make('/api-keys', { name: 'CRM', permissions })).json()) as { secret: string }
    const place = `/webhook-subscriptions/${hook.subscription.id}`
    const rotated = (await (await make(`${place}/rotate-secret`, {})).json()) as Hook
    const { items } = await owner.json<{ items: { id: string }[] }>(200, 'GET', `${place}/deliveries`)
    const readings = {
      'the request again': await make('/webhook-subscriptions', input),
      'the new secret again': await make(`${place}/rotate-secret`, {}),
      'the webhook': await owner.request('GET', place),
      'a change of it': await owner.request('PATCH', place, { name: 'Orders' }),
      'a delivery of it': await owner.request('GET', `${place}/deliveries/${items[0]!.id}`),
      'what it did': await owner.request('GET', `${place}/statistics`),
      'the key again': await make('/api-keys', { name: 'CRM', permissions }),
      'the list of webhooks': await owner.request('GET', '/webhook-subscriptions'),
      'the list of keys': await owner.request('GET', '/api-keys'),
      'the audit log': await owner.request('GET', '/audit'),
      'the events': await owner.request('GET', '/events'),
    }
    const got: string[] = []
    for (const [name, answer] of Object.entries(readings)) {
      const text = await answer.text()
      const secrets = [hook.secret.slice(6, 40), rotated.secret.slice(6, 40), key.secret.slice(9)]
      if (secrets.some((secret) => text.includes(secret))) got.push(name)
    }
    return got
  },
  without: edit('api/middleware/idempotency.ts', 'if (secret) return', 'if (false) return'),
})

holds('[S62] a password beyond 256 letters is refused before anybody spends time on it', {
  open,
  async attack(house) {
    const ask = (chars: number, at: string) => () =>
      house.browser().request('POST', '/auth/sign-up', {
        ...{ name: 'Long', email: `long${chars}${at}@house.test`, tenantName: 'Long' },
        password: 'correct horse '.repeat(Math.ceil(chars / 14)).slice(0, chars),
      })
    return through({ '257 letters': ask(257, 'a'), 'two hundred thousand': ask(200_000, 'b') })
  },
  without: [
    edit('domain/people/schema.ts', 'z.string().min(10).max(256)', 'z.string().min(10)'),
    edit('infra/auth/auth.ts', 'export const PASSWORD_MAX = 256', 'export const PASSWORD_MAX = 1_000_000'),
  ],
})
