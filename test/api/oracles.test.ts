import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { newId } from '#infra/ids.ts'
import { createFileStore } from '#infra/media/store.ts'
import { createChannelConnections } from '#infra/providers/channel-connections.ts'
import { contractOf } from './contract.ts'
import { furnish, KINDS } from './furniture.ts'
import { type Browser, openHouse } from './house.ts'

const house = await openHouse()
house.deps.media = createFileStore(mkdtempSync(join(tmpdir(), 'holdfast-oracles-')))
house.deps.channels = createChannelConnections({
  db: house.deps.db,
  keyRing: house.deps.keyRing,
  clock: house.deps.clock,
  settings: { graph: { baseUrl: 'http://127.0.0.1:9', version: 'v25.0' }, publicUrl: 'http://holdfast.test' },
})

const ROUNDS = 12
const GAP_MS_MAX = 5
/** Neighbours on the machine make gaps that come and go; what a route tells by its time, it tells every time. */
const TRIES = 6

type Answers = { bodies: Set<string>; statuses: Set<number>; tookMs: number[] }
const nothing = (): Answers => ({ bodies: new Set(), statuses: new Set(), tookMs: [] })

async function ask(answers: Answers, work: () => Promise<Response>): Promise<void> {
  const startMs = performance.now()
  const response = await work()
  const body = await response.text()
  answers.tookMs.push(performance.now() - startMs)
  answers.statuses.add(response.status)
  // What is asked for and the name of the request are the caller's own words.
  answers.bodies.add(
    body.replace(/"requestId":"[^"]*"/, '').replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID'),
  )
}

const middle = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
/** A busy machine only ever slows: the smaller of both gaps is about the work, the other about the neighbours. */
const gapOf = (a: Answers, b: Answers) =>
  Math.min(Math.abs(Math.min(...a.tookMs) - Math.min(...b.tookMs)), Math.abs(middle(a.tookMs) - middle(b.tookMs)))

/** Asks both ways, turn about, until their times are alike. @returns the smallest gap that was seen. */
async function compareTwo(one: () => Promise<Response>, two: () => Promise<Response>) {
  const [first, second] = [nothing(), nothing()]
  let gap = Infinity
  for (let attempt = 0; attempt < TRIES && gap > GAP_MS_MAX; attempt += 1) {
    first.tookMs = []
    second.tookMs = []
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [answers, work] of [
        [first, one],
        [second, two],
      ] as const) {
        await ask(answers, work)
        // What goes on after one answer must not be counted to the next.
        await house.background.settled()
      }
    }
    gap = Math.min(gap, gapOf(first, second))
  }
  return { first, second, gap }
}

const routes = contractOf(house.app).operations.filter(
  ({ method, params, path }) => method === 'GET' && params.length === 1 && /\{id\}/.test(path),
)

test('[S01] what another tenant has is answered byte by byte as what never was, and not slower', async () => {
  const [victim, thief] = [await house.owner('Victim'), await house.owner('Thief')]
  const ids = await furnish(house, victim)
  const tried: string[] = []
  const gaps: string[] = []
  for (const { path } of routes) {
    const id = ids[KINDS[path.split('/')[1]!] ?? '']
    if (id === undefined) continue
    const at = (of: string) => thief.request('GET', path.replace('{id}', of))
    const {
      first: foreign,
      second: unknown,
      gap,
    } = await compareTwo(
      () => at(id),
      () => at(newId()),
    )
    assert.deepEqual([[...foreign.statuses], [...unknown.statuses]], [[404], [404]], path)
    assert.deepEqual([...foreign.bodies], [...unknown.bodies], path)
    assert.equal(foreign.bodies.size, 1, path)
    if (gap > GAP_MS_MAX) gaps.push(`${path}: ${gap} ms`)
    tried.push(path)
  }
  assert.ok(tried.length >= 10, tried.join(', '))
  assert.deepEqual(gaps, [])
})

test('[S59] whether an address has an account is told by no reset and no invitation, neither in words nor in time', async () => {
  const owner = await house.owner()
  const member = await house.member(owner, 'agent')
  const stranger = await house.owner('Elsewhere')
  const compare = async (what: string, known: string, of: Browser, path: string, body: (email: string) => unknown) => {
    const unknown = () => of.request('POST', path, body(`nobody${newId()}@house.test`))
    const {
      first: there,
      second: nowhere,
      gap,
    } = await compareTwo(() => of.request('POST', path, body(known)), unknown)
    assert.deepEqual([[...there.statuses], [...nowhere.statuses]], [[202], [202]], what)
    const bodies = [there, nowhere].map(({ bodies: found }) => [
      ...new Set([...found].map((text) => text.replaceAll(/[\w.-]+@house\.test|\d{4}-[\dT:.-]+Z/g, 'X'))),
    ])
    assert.deepEqual(bodies[0], bodies[1], what)
    assert.ok(gap <= GAP_MS_MAX, `${what}: ${gap} ms`)
  }
  await compare('reset', member.email, house.browser(), '/auth/password/forgot', (email) => ({ email }))
  const { items } = await owner.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
  const roleId = items.find(({ key }) => key === 'agent')!.id
  // Somebody else's customer is as new here as one who never signed up.
  const addresses = [stranger.email, 'never@house.test']
  const invited = await Promise.all(addresses.map((email) => owner.request('POST', '/invitations', { email, roleId })))
  assert.deepEqual(new Set(invited.map(({ status }) => status)), new Set([201]))
  const shapes = await Promise.all(invited.map(async (answer) => Object.keys((await answer.json()) as object).sort()))
  assert.deepEqual(shapes[0], shapes[1])
})
