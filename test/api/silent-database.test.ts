import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import pg from 'pg'
import { createApp } from '#api/app.ts'
import { createDb } from '#infra/db/tx.ts'
import { openWire } from '../support/wire.ts'
import { type Browser, cookieOf, openHouse } from './house.ts'

/** The rows of this house lie behind a wire. Who is signed in is asked elsewhere, so that requests come as far as them. */
const house = await openHouse()
const wire = await openWire(new URL(house.database.adminUrl).host)
const behindWire = (url: string) => Object.assign(new URL(url), { host: wire.address }).href
const urls = { appUrl: behindWire(house.database.urls.app), relayUrl: behindWire(house.database.urls.relay) }
const db = createDb({
  ...urls,
  ...{ poolSize: 2, relayPoolSize: 1, patience: { connectMs: 1_000, answerMs: 2_000 } },
})
const app = createApp({ ...house.deps, db })
const superuser = new pg.Client({ connectionString: house.database.adminUrl })
await superuser.connect()
superuser.on('error', () => undefined) // The house goes first, and its database with it.
after(async () => {
  await Promise.allSettled([db.close(), superuser.end()])
  wire.close()
})

const ask = async (browser: Browser, at = app) => at.request('/api/v1/tags', { headers: { cookie: cookieOf(browser) } })

async function assertUnavailable(answer: Response): Promise<void> {
  assert.equal(answer.status, 503)
  assert.ok(Number(answer.headers.get('retry-after')) <= 5)
  assert.equal(((await answer.json()) as { code: string }).code, 'unavailable')
}

/** Holds the table until `work` is done, so that whoever reads it waits. */
async function whileLocked<T>(work: () => Promise<T>): Promise<T> {
  await superuser.query('begin; lock table tags in access exclusive mode')
  try {
    return await work()
  } finally {
    await superuser.query('rollback')
  }
}

async function untilWaiting(count: number): Promise<void> {
  for (;;) {
    const { rows } = await superuser.query(`select from pg_locks where not granted and relation = 'tags'::regclass`)
    if (rows.length === count) return
  }
}

test('a Postgres that falls silent is given up and said so', async () => {
  const owner = await house.owner()
  assert.equal((await ask(owner)).status, 200)
  wire.freeze()
  for (const answer of await Promise.all([ask(owner), ask(owner), ask(owner)])) await assertUnavailable(answer)
  wire.mend()
  assert.equal((await ask(owner)).status, 200)
})

test('connections that have died unseen are replaced without anybody’s help', async () => {
  const owner = await house.owner()
  await Promise.all([ask(owner), ask(owner)])
  wire.forget()
  for (const answer of await Promise.all([ask(owner), ask(owner)])) await assertUnavailable(answer)
  assert.equal((await ask(owner)).status, 200)
})

test('a connection that breaks in the middle of a question is no fault of who asked', async () => {
  const owner = await house.owner()
  const answer = await whileLocked(async () => {
    const asked = ask(owner)
    await untilWaiting(1)
    wire.cut()
    return asked
  })
  await assertUnavailable(answer)
  wire.mend()
  assert.equal((await ask(owner)).status, 200)
})

test('what somebody else holds is not waited for as long as a connection lasts', async () => {
  const owner = await house.owner()
  const hasty = createDb({ ...urls, poolSize: 1, relayPoolSize: 1, patience: { lockMs: 100 } })
  const answer = await whileLocked(() => ask(owner, createApp({ ...house.deps, db: hasty })))
  await assertUnavailable(answer)
  await hasty.close()
})

test('who gets no connection in time is told when to come again, and the others are served', async () => {
  const owner = await house.owner()
  const served = await whileLocked(async () => {
    const first = [ask(owner), ask(owner)]
    await untilWaiting(2)
    await assertUnavailable(await ask(owner))
    return first
  })
  for (const answer of await Promise.all(served)) assert.equal(answer.status, 200)
})
