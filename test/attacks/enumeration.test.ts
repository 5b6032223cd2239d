import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { mock, test } from 'node:test'
import pg from 'pg'
import { newId } from '#infra/ids.ts'
import type { Browser, House } from '../api/house.ts'
import { asItIs, type Edit, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })

/** What an answer waits for and what takes time: passwords that are hashed, and statements by their words. */
const done = { hashes: 0, statements: [] as string[] }
const { scrypt } = crypto
const { query } = pg.Client.prototype
mock.method(crypto, 'scrypt', (...args: Parameters<typeof scrypt>) => {
  done.hashes += 1
  return scrypt(...args)
})
syncBuiltinESMExports()
mock.method(pg.Client.prototype, 'query', function (this: pg.Client, ...args: unknown[]) {
  const [asked] = args as [string | { text: string }]
  const text = typeof asked === 'string' ? asked : asked.text
  // Hints to readers are sent in batches, beside the answers: which of them one falls into says nothing.
  if (!text.startsWith('select pg_notify')) done.statements.push(text)
  return Reflect.apply(query, this, args)
})

type Told = { status: number; body: string; hashes: number; statements: string[]; tookMs: number }

/** What somebody outside can see of an answer, and what was done before it. */
async function toldBy(house: House, ask: () => Promise<Response>): Promise<Told> {
  const { background } = house.deps
  const later: (() => void)[] = []
  // What is begun before the answer and not waited for is begun after it here, so that both can be told apart.
  house.deps.background = { ...background, run: (name, work) => void later.push(() => background.run(name, work)) }
  Object.assign(done, { hashes: 0, statements: [] })
  const startMs = performance.now()
  const response = await ask()
  const tookMs = performance.now() - startMs
  const { hashes } = done
  const statements = [...done.statements]
  house.deps.background = background
  for (const begin of later) begin()
  await background.settled()
  const body = (await response.text()).replaceAll(
    /[\w.-]+@house\.test|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-[\dT:.-]+Z/g,
    'X',
  )
  // The context of a transaction is part of its text.
  return {
    status: response.status,
    body,
    hashes,
    tookMs,
    statements: statements.map((text) => text.replaceAll(/'[^']*'/g, "''")),
  }
}

type Way = { names: string; ask: (email: string) => Promise<Response> }

async function ways(house: House): Promise<{ known: string; all: Way[] }> {
  const [owner, inviter] = [await house.owner(), await house.owner()]
  const { items } = await inviter.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
  const roleId = items.find(({ key }) => key === 'agent')!.id
  const post = (browser: Browser, path: string, more: object) => (email: string) =>
    browser.request('POST', path, { email, ...more })
  return {
    known: owner.email,
    all: [
      { names: 'sign-in', ask: post(house.browser(), '/auth/sign-in', { password: 'not the password' }) },
      { names: 'reset', ask: post(house.browser(), '/auth/password/forgot', {}) },
      { names: 'invitation', ask: post(inviter, '/invitations', { roleId }) },
    ],
  }
}

const nobody = () => `nobody${newId()}@house.test`

/** Names what tells somebody with an account from somebody without one. */
async function tellings(house: House, way: string): Promise<string[]> {
  const { known, all } = await ways(house)
  const { ask } = all.find(({ names }) => names === way)!
  const got: string[] = []
  await toldBy(house, () => ask(nobody())) // Whatever is done once, as preparing a statement.
  await toldBy(house, () => ask(known))
  const [there, nowhere] = [await toldBy(house, () => ask(known)), await toldBy(house, () => ask(nobody()))]
  for (const what of ['status', 'body', 'hashes'] as const) {
    if (there[what] !== nowhere[what]) got.push(`${what}: ${there[what]} and ${nowhere[what]}`)
  }
  if (there.statements.join('\n') !== nowhere.statements.join('\n')) {
    got.push(`statements: ${there.statements.join('; ')} and ${nowhere.statements.join('; ')}`)
  }
  return got
}

// An address that signs up is told when it is taken: whoever has forgotten their account would else wait for a mail that
// says nothing new. It is bounded by address (S57) and can be closed by switching sign-up off.

holds('[S59] a wrong password is answered by the same words and the same work, whether there is an account or not', {
  open,
  attack: (house) => tellings(house, 'sign-in'),
  without: edit(
    'infra/auth/auth.ts',
    'const { headers, response } = await orRefuse(\n      api.signInEmail(',
    'const found = await pool.query(\'select 1 from "user" where email = $1\', [email])\n' +
      "    if (found.rowCount === 0) throw new DomainError('unauthenticated', 'The address or the password is wrong.')\n" +
      '    const { headers, response } = await orRefuse(\n      api.signInEmail(',
  ),
})

holds('[S59] … down to the last statement: where there is nobody, the accounts of nobody are looked for', {
  open,
  attack: (house) => tellings(house, 'sign-in'),
  without: edit('infra/auth/even-look-ups.ts', "if (found === null && input.join?.['account'])", 'if (false)'),
})

holds('[S59] a reset is answered before anybody looks whether there is an account', {
  open,
  attack: (house) => tellings(house, 'reset'),
  without: edit(
    'api/routes/auth.ts',
    "background.run('password reset', () => auth.requestReset(email))",
    'void background\n      await auth.requestReset(email)',
  ),
})

holds('[S59] an invitation says nothing of an account that somebody has elsewhere', {
  open,
  attack: (house) => tellings(house, 'invitation'),
  without: edit(
    'api/routes/invitations.ts',
    "const token = newToken('inv_')",
    "const token = newToken('inv_')\n  if ((await c.get('deps').auth.findPerson(input.email)) !== undefined) {\n" +
      "    throw new DomainError('conflict', 'There is an account for this address.')\n  }",
  ),
})

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

test('[S59] fifteen answers of each kind are one and the same; how long they took is told here', async (t) => {
  const house = await open(asItIs)
  const { known, all } = await ways(house)
  for (const { names, ask } of all) {
    const [there, nowhere]: [Told[], Told[]] = [[], []]
    for (let round = 0; round < 15; round += 1) {
      there.push(await toldBy(house, () => ask(known)))
      nowhere.push(await toldBy(house, () => ask(nobody())))
    }
    assert.equal(new Set([...there, ...nowhere].map(({ status, body }) => `${status} ${body}`)).size, 1, names)
    const [one = 0, other = 0] = [there, nowhere].map((told) => median(told.map(({ tookMs }) => tookMs)))
    const words = `medians ${one.toFixed(1)} and ${other.toFixed(1)} ms, ${Math.abs(one - other).toFixed(1)} apart`
    t.diagnostic(`${names}: ${words}`)
  }
})
