import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { createDb, type Db, sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { freshDatabase } from '../support/postgres.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Db
const tenantId = newId()

before(async () => {
  database = await freshDatabase()
  db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 2, relayPoolSize: 1 })
})
after(async () => {
  await db.close()
  await database.drop()
})

const addTag = (name: string, id = newId()) =>
  sql`insert into tags (id, tenant_id, name) values (${id}, ${tenantId}, ${name})`
const tagNames = async () =>
  (await db.tenant(tenantId, (tx) => tx.rows<{ name: string }>(sql`select name from tags order by name`))).map(
    ({ name }) => name,
  )

test('what is written without waiting is there when the transaction is', async () => {
  await makeTenant()
  await db.tenant(tenantId, (tx) => {
    tx.write(addTag('one'))
    tx.write(addTag('two'))
  })
  assert.deepEqual(await tagNames(), ['one', 'two'])
})

test('a statement that nobody waited for takes the whole transaction with it, and is named as the cause', async () => {
  const taken = newId()
  await db.tenant(tenantId, (tx) => tx.write(addTag('three', taken)))
  const both = db.tenant(tenantId, async (tx) => {
    tx.write(addTag('four', taken))
    await tx.run(addTag('five'))
  })
  await assert.rejects(both, { code: '23505' })
  await assert.rejects(
    db.tenant(tenantId, (tx) => {
      tx.write(addTag('six'))
      tx.write(addTag('seven', taken))
    }),
    { code: '23505' },
  )
  assert.deepEqual(await tagNames(), ['one', 'three', 'two'])
})

test('a single statement needs no transaction; a second one is refused before it is asked', async () => {
  const { count } = (await db.relayOnce((tx) => tx.row<{ count: number }>(sql`select count(*) from bells`)))!
  assert.equal(count, 0)
  const two = db.relayOnce(async (tx) => {
    await tx.rows(sql`select 1`)
    await tx.rows(sql`select 2`)
  })
  await assert.rejects(two, /more than one statement/)
})

async function makeTenant(): Promise<void> {
  const client = new pg.Client({ connectionString: database.adminUrl })
  await client.connect()
  await client.query(`insert into tenants (id, name) values ($1, 'Transactions')`, [tenantId])
  await client.end()
}
