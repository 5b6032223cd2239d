import pg from 'pg'
import type { Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { contractOf, type Operation } from '../api/contract.ts'
import { furnish } from '../api/furniture.ts'
import type { Browser, House } from '../api/house.ts'
import { type Code, type Edit, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const open = await houseOf()
const CANARY = 'kanarienvogel'
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })

/** The tables that belong to tenants. */
const TABLES = `
  select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`

/** What people of a tenant wrote, wherever a name or a text can stand. */
async function withCanaries(house: House, owner: Browser): Promise<Record<string, string>> {
  const ids = await furnish(house, owner)
  for (const statement of [
    `update contacts set name = $2, email = $2 || '@house.test'`,
    `update messages set content = jsonb_build_object('kind', 'text', 'text', $2::text)`,
    'update tags set name = $2',
    'update flows set name = $2',
    'update channels set name = $2',
    'update custom_fields set label = $2',
    'update webhook_subscriptions set name = $2',
    'update calendars set name = $2',
    'update templates set name = $2',
  ]) {
    await house.admin(`${statement} where tenant_id = $1`, [owner.tenantId, CANARY])
  }
  return ids
}

async function readAll(house: House, thief: Browser, ids: Record<string, string>): Promise<string[]> {
  const reads = contractOf(house.app).operations.filter(
    ({ method, access, path }: Operation) =>
      method === 'GET' && access !== 'public' && access !== 'platform' && path !== '/events/stream',
  )
  const got = new Set<string>()
  for (const { path, params } of reads) {
    const values = params.length === 0 ? [''] : Object.values(ids)
    for (const id of values) {
      const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
        name === 'versionId' ? ids['version']! : name === 'deliveryId' ? ids['delivery']! : id,
      )
      const text = await (await thief.request('GET', filled)).text()
      if (text.includes(CANARY)) got.add(path)
    }
  }
  for (const path of [`/contacts?q=${CANARY}`, `/conversations?q=${CANARY}`]) {
    if ((await (await thief.request('GET', path)).text()).includes(CANARY)) got.add(path)
  }
  return [...got]
}

holds('[S01] [S03] no route shows a member of one tenant a word of another, by list, by id or by search', {
  async open(code) {
    const house = await open(code)
    const [victim, thief] = [await house.owner('Victim'), await house.owner('Thief')]
    return { house, thief, ids: await withCanaries(house, victim) }
  },
  attack: ({ house, thief, ids }) => readAll(house, thief, ids),
  without: async ({ house }) => {
    for (const { name } of await house.admin<{ name: string }>(TABLES)) {
      await house.admin(`alter policy tenant on ${name} using (true)`)
    }
  },
})

/** Statements of a thief who has got as far as the database, as the role that serves and in the context of their own tenant. */
async function asServing(house: House, tenantId: string, statements: Record<string, string>): Promise<string[]> {
  const client = new pg.Client({ connectionString: house.database.urls.app })
  await client.connect()
  const got: string[] = []
  for (const [name, text] of Object.entries(statements)) {
    await client.query('begin')
    await client.query(`select set_config('app.tenant', $1, true)`, [tenantId])
    const result = await client.query(text).catch(() => undefined)
    if ((result?.rowCount ?? 0) > 0) got.push(name)
    await client.query('rollback')
  }
  await client.end()
  return got
}

holds('[S02] rows of another tenant cannot be adopted by their ids: keys between tables carry the tenant', {
  open,
  async attack(house) {
    const [victim, thief] = [await house.owner(), await house.owner()]
    const [theirs, own] = [await furnish(house, victim), await furnish(house, thief)]
    const { tenantId } = thief
    return asServing(house, tenantId, {
      'their tag on my contact': `insert into contact_tags (tenant_id, contact_id, tag_id)
        values ('${tenantId}', '${own['contact']}', '${theirs['tag']}')`,
      'my conversation with their contact': `update conversations set contact_id = '${theirs['contact']}'
        where id = '${own['conversation']}'`,
      'their version as my run': `update runs set flow_version_id = '${theirs['version']}' where id = '${own['run']}'`,
      'their role as my own': `update memberships set role_id = '${theirs['role']}' where tenant_id = '${tenantId}'`,
    })
  },
  without: async (house) => {
    const keys = await house.admin<{ relation: string; name: string }>(`
      select conrelid::regclass::text as relation, conname as name from pg_constraint
      where contype = 'f' and conparentid = 0 and connamespace = 'public'::regnamespace`)
    for (const { relation, name } of keys) await house.admin(`alter table ${relation} drop constraint ${name}`)
  },
})

holds('[S03] [S12] whoever serves without a tenant, or names another one, reads nothing and writes nothing', {
  open,
  async attack(house) {
    const victim = await house.owner()
    const ids = await withCanaries(house, victim)
    const words = {
      'contacts of all': 'select name from contacts',
      'a message by its id': `select content from messages where id = '${ids['message']}'`,
      'a row for them': `insert into tags (id, tenant_id, name) values ('${newId()}', '${victim.tenantId}', 'mine')`,
      'their row changed': `update contacts set name = 'mine' where id = '${ids['contact']}'`,
      'their row taken over': `delete from tags where id = '${ids['tag']}'`,
    }
    return [...(await asServing(house, '', words)), ...(await asServing(house, newId(), words))]
  },
  without: async (house) => {
    for (const name of ['contacts', 'messages', 'tags'])
      await house.admin(`alter table ${name} disable row level security`)
  },
})

/** A database with one connection, which each transaction hands on to the next. */
const oneConnection = async (code: Code) => {
  const house = await open(code)
  const { createDb } = await code<typeof import('#infra/db/tx.ts')>('infra/db/tx.ts')
  const { app, relay } = house.database.urls
  return { house, db: createDb({ appUrl: app, relayUrl: relay, poolSize: 1, relayPoolSize: 1 }) }
}

holds('[S04] what one tenant has begun and broken off is neither seen nor finished by the next on its connection', {
  open: oneConnection,
  async attack({ house, db }) {
    const [victim, thief] = [await house.owner(), await house.owner()]
    const word = newId()
    const tag = (tenantId: string, name: string) => ({
      text: 'insert into tags (id, tenant_id, name) values ($1, $2, $3)',
      values: [newId(), tenantId, name],
      name: 'tag',
    })
    for (let round = 0; round < 20; round += 1) {
      const broken = db.tenant(victim.tenantId, async (tx) => {
        await tx.run(tag(victim.tenantId, `${word} ${round}`))
        throw new Error('broken off')
      })
      await broken.catch(() => undefined)
      await db.tenant(thief.tenantId, (tx) => tx.run(tag(thief.tenantId, `${round}`))).catch(() => undefined)
    }
    await db.close()
    const kept = await house.admin<{ name: string }>('select name from tags where name like $1', [`${word}%`])
    return kept.map(({ name }) => name)
  },
  without: edit('infra/db/tx.ts', "await client.query('rollback')", "await client.query('select 1')"),
})

holds('[S08] a transaction that is over asks nothing more: its connection is by then in the context of somebody else', {
  open: oneConnection,
  async attack({ house, db }) {
    const [victim, thief] = [await house.owner(), await house.owner()]
    await withCanaries(house, victim)
    const word = newId().slice(-12)
    const names = { text: 'select name from contacts', values: [], name: 'names' }
    const tag = { text: 'insert into tags (id, tenant_id, name) values ($1, $2, $3)', name: 'tag' }
    const written = (tenantId: string) => ({ ...tag, values: [newId(), tenantId, `${word} ${newId().slice(-12)}`] })
    // What a verb keeps that did not wait for all it asked, as a stream that is still read.
    const kept: Record<string, Tx> = {}
    await db.tenant(thief.tenantId, (tx) => {
      kept['that was committed'] = tx
    })
    const broken = db.tenant(thief.tenantId, (tx) => {
      kept['that was broken off'] = tx
      throw new Error('broken off')
    })
    await broken.catch(() => undefined)
    const got: string[] = []
    await db.tenant(victim.tenantId, async (tx) => {
      await tx.rows(names)
      for (const [which, old] of Object.entries(kept)) {
        const rows = await old.rows(names).catch(() => [])
        if (rows.length > 0) got.push(`one ${which} reads`)
        await old.run(written(victim.tenantId)).catch(() => undefined)
        await (async () => old.write(written(victim.tenantId)))().catch(() => undefined)
      }
    })
    await db.close()
    const added = await house.admin('select 1 from tags where name like $1', [`${word}%`])
    return [...got, ...added.map(() => 'a tag among theirs')]
  },
  without: edit('infra/db/tx.ts', 'if (over) throw', 'if (false) throw'),
})
