import type { House } from '../api/house.ts'
import { type Edit, holds } from '../support/without.ts'
import { houseOf, through } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })

/** What the catalogue of the database says against us. A table that somebody adds tomorrow is judged as well. */
async function faultsOf(house: House): Promise<string[]> {
  const rows = await house.admin<{ fault: string }>(`
    with tables as (
      select c.oid, c.relname as name, c.relrowsecurity and c.relforcerowsecurity as walled, c.relowner from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition)
    select name || ' has no wall' as fault from tables where not walled
    union all select name || ' has no policy for all, with check' from tables t where not exists (
      select from pg_policies p where p.schemaname = 'public' and p.tablename = t.name and p.cmd = 'ALL'
        and p.roles = '{holdfast_app}' and p.qual like '%current_tenant()%' and p.with_check like '%current_tenant()%')
    union all select name || ' belongs to ' || pg_get_userbyid(relowner) from tables
      where pg_get_userbyid(relowner) <> 'holdfast_migrate'
    union all select relname || ' sees past the walls' from pg_class where relkind in ('v', 'm')
      and relnamespace = 'public'::regnamespace and not coalesce(reloptions @> array['security_invoker=true'], false)
    union all select p.proname || ' pins no search path' from pg_proc p
      left join pg_depend d on d.objid = p.oid and d.deptype = 'e'
      where p.pronamespace = 'public'::regnamespace and d.objid is null
        and not exists (select from unnest(p.proconfig) o where o like 'search_path=%')
    union all select c.conname || ' joins tenants' from pg_constraint c
      where c.contype = 'f' and c.conrelid in (select oid from tables) and c.confrelid in (select oid from tables)
        and not exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any(c.conkey)
          and a.attname = 'tenant_id')`)
  return rows.map(({ fault }) => fault)
}

for (const [what, statement] of Object.entries({
  'a table without a wall': `create table loose (id uuid primary key, tenant_id uuid not null)`,
  'a wall that nobody forces': `alter table contacts no force row level security`,
  'a policy that checks no writing': `drop policy tenant on tags; create policy tenant on tags for all to holdfast_app
    using (tenant_id = (select current_tenant())) with check (true)`,
  'a view of its owner': `create view everybody as select * from contacts`,
  'a function as its owner': `create function anything() returns int language sql security definer as 'select 1'`,
  'a key without the tenant': `alter table contact_tags add foreign key (contact_id) references contacts (id)`,
})) {
  holds(`[S05] [S06] the catalogue of the database shows no fault, and shows ${what}`, {
    open,
    attack: faultsOf,
    without: (house) => house.admin(statement),
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

holds('[S49] [S55] a secret is told once: neither a repetition of the request nor any list tells it again', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const input = { name: 'Desk', url: 'https://hooks.example.com/in', events: ['conversation.closed'] }
    const make = (path: string, body: object) => owner.request('POST', path, body, { 'idempotency-key': `once${path}` })
    const hook = (await (await make('/webhook-subscriptions', input)).json()) as { secret: string }
    const permissions = ['contacts.read']
    const key = (await (await make('/api-keys', { name: 'CRM', permissions })).json()) as { secret: string }
    const readings = {
      'the request again': await make('/webhook-subscriptions', input),
      'the key again': await make('/api-keys', { name: 'CRM', permissions }),
      'the list of webhooks': await owner.request('GET', '/webhook-subscriptions'),
      'the list of keys': await owner.request('GET', '/api-keys'),
      'the audit log': await owner.request('GET', '/audit'),
      'the events': await owner.request('GET', '/events'),
    }
    const got: string[] = []
    for (const [name, answer] of Object.entries(readings)) {
      const text = await answer.text()
      if (text.includes(hook.secret.slice(6, 40)) || text.includes(key.secret.slice(9))) got.push(name)
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
