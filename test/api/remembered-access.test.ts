import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createApp } from '#api/app.ts'
import { type AccessCache, createAccessCache } from '#infra/db/access-cache.ts'
import { until } from '../load/until.ts'
import { Browser, openHouse } from './house.ts'

const house = await openHouse()
const failures: unknown[] = []
const openCache = () =>
  createAccessCache({ db: house.deps.db, nowMs: Date.now, onFailure: (error) => void failures.push(error) })

/** Two processes of the API, as far as requests can tell: each remembers by itself. */
const [here, there] = await Promise.all([openProcess(), openProcess()])
after(() => Promise.all([here.cache.close(), there.cache.close()]))

async function openProcess() {
  const cache = await openCache()
  const counted = { reads: 0 }
  const { read } = house.deps.auth.sessions
  const sessions = {
    ...house.deps.auth.sessions,
    read: (headers: Headers) => {
      counted.reads += 1
      return read(headers)
    },
  }
  const app = createApp({ ...house.deps, access: cache, auth: { ...house.deps.auth, sessions } })
  return { app, cache, counted }
}

/** The same person in front of another process. */
function at({ app }: { app: typeof house.app }, browser: Browser): Browser {
  const same = Object.assign(new Browser(app), { personId: browser.personId, tenantId: browser.tenantId })
  for (const [name, value] of browser.cookies) same.cookies.set(name, value)
  return same
}

test('[PERF-07] what a screen asks at once is asked of the database once', async () => {
  const owner = at(here, await house.owner())
  const before = here.counted.reads
  for (const path of ['/me', '/members', '/roles', '/tenant', '/calendars']) await owner.json(200, 'GET', path)
  assert.equal(here.counted.reads - before, 1)
})

test('[S51] [PERF-07] a session that was ended, and a role that was changed, are known to every process within a second', async () => {
  const owner = await house.owner()
  const agent = await house.member(owner, 'agent')
  const [boss, own, elsewhere] = [at(here, owner), at(here, agent), at(there, agent)]
  for (const browser of [own, elsewhere]) await browser.json(200, 'GET', '/me')
  await boss.json(200, 'GET', '/audit')
  assert.equal((await elsewhere.request('GET', '/audit')).status, 403)

  const members = (await boss.json<{ items: { id: string; personId: string }[] }>(200, 'GET', '/members')).items
  const roles = (await boss.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')).items
  const member = members.find(({ personId }) => personId === agent.personId)!
  const admin = roles.find(({ key }) => key === 'admin')!
  await boss.json(200, 'PATCH', `/members/${member.id}`, { roleId: admin.id })
  assert.equal((await own.request('GET', '/audit')).status, 200, 'where it was changed it holds at once')
  assert.ok(
    await until(async () => (await elsewhere.request('GET', '/audit')).status === 200, {
      withinMs: 1_000,
      everyMs: 20,
    }),
  )

  await own.json(204, 'POST', '/auth/sign-out')
  assert.equal((await own.request('GET', '/me')).status, 401)
  assert.ok(
    await until(async () => (await elsewhere.request('GET', '/me')).status === 401, { withinMs: 1_000, everyMs: 20 }),
  )
})

test('[PERF-07] what every screen shows is remembered too, and read anew by every process when somebody changed it', async () => {
  const owner = await house.owner('Before')
  const [own, elsewhere] = [at(here, owner), at(there, owner)]
  const nameAt = async (browser: Browser) => (await browser.json<{ name: string }>(200, 'GET', '/tenant')).name
  assert.deepEqual([await nameAt(own), await nameAt(elsewhere)], ['Before', 'Before'])
  await own.json(200, 'PATCH', '/tenant', { name: 'After' })
  assert.equal(await nameAt(own), 'After')
  assert.ok(await until(async () => (await nameAt(elsewhere)) === 'After', { withinMs: 1_000, everyMs: 20 }))
})

test('[S51] what changes something asks each time, whatever is remembered', async () => {
  const owner = await house.owner()
  const agent = at(there, await house.member(owner, 'admin'))
  await agent.json(200, 'GET', '/me')
  // Behind the back of every process, without a word to anybody.
  await house.admin(`alter table memberships disable trigger tell_access_change`)
  await house.admin(`update memberships set status = 'disabled' where person_id = $1`, [agent.personId])
  assert.equal((await agent.request('GET', '/me')).status, 200, 'still remembered, for some seconds')
  assert.equal((await agent.request('POST', '/tags', { name: 'Late' })).status, 403)
  await house.admin(`alter table memberships enable trigger tell_access_change`)
})

test('[S51] while nobody could be told, nothing is remembered', async () => {
  const cache = await openCache()
  let asked = 0
  const ask = () =>
    cache.remember(
      'somebody',
      async () => (asked += 1),
      () => ({ of: [] }),
    )
  await ask()
  await ask()
  assert.equal(asked, 1)
  await house.admin(`
    select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen "house_access"' and datname = current_database()`)
  assert.ok(
    await until(
      async () => {
        const before = asked
        await ask()
        await ask()
        return asked - before === 2
      },
      { withinMs: 2_000, everyMs: 20 },
    ),
  )
  assert.ok(
    await until(
      async () => {
        const before = asked
        await ask()
        await ask()
        return asked - before <= 1
      },
      { withinMs: 5_000, everyMs: 20 },
    ),
  )
  await cache.close()
})

test('what is void while it is being asked is not remembered, and a failed answer never is', async () => {
  const cache: AccessCache = await openCache()
  let answer: ((value: string) => void) | undefined
  const slow = cache.remember(
    'slow',
    () => new Promise<string>((resolve) => (answer = resolve)),
    () => ({ of: ['a'] }),
  )
  cache.forget('b')
  answer!('old')
  assert.equal(await slow, 'old')
  assert.equal(
    await cache.remember(
      'slow',
      async () => 'new',
      () => ({ of: ['a'] }),
    ),
    'new',
  )
  const failing = () =>
    cache.remember(
      'failing',
      () => Promise.reject(new Error('away')),
      () => ({ of: [] }),
    )
  await assert.rejects(failing(), /away/)
  await assert.rejects(failing(), /away/)
  assert.equal(
    await cache.remember(
      'failing',
      async () => 'back',
      () => ({ of: [] }),
    ),
    'back',
  )
  await cache.close()
})
