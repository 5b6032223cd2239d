import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { freshDatabase } from '../support/postgres.ts'

const databases = await Promise.all([freshDatabase(), freshDatabase()])
after(() => Promise.all(databases.map((database) => database.drop())))

async function query(connectionString: string, text: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return await client.query(text)
  } finally {
    await client.end()
  }
}

test('two suites have two databases: neither sees what the other makes', async () => {
  const [one, two] = databases
  await query(one!.adminUrl, 'create table only_here (id int)')
  const { rows } = await query(two!.adminUrl, `select to_regclass('only_here') as found`)
  assert.equal(rows[0].found, null)
})

test('each role signs in with its own address, and none of them is a superuser or passes the walls', async () => {
  for (const [role, url] of Object.entries(databases[0]!.urls)) {
    const { rows } = await query(
      url,
      'select current_user as name, rolsuper or rolbypassrls as mighty from pg_roles where rolname = current_user',
    )
    assert.deepEqual(rows[0], { name: `holdfast_${role}`, mighty: false })
  }
})
