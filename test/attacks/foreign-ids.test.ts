import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { contractOf as documentOf } from '#api/contract/document.ts'
import { resolved, type Schema, type Schemas } from '#api/contract/shapes.ts'
import { newId } from '#infra/ids.ts'
import { createFileStore } from '#infra/media/store.ts'
import { createChannelConnections } from '#infra/providers/channel-connections.ts'
import { contractOf, type Operation } from '../api/contract.ts'
import { furnish, KINDS } from '../api/furniture.ts'
import type { Browser, House } from '../api/house.ts'
import { flow } from '../support/flows.ts'
import { asItIs, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-foreign-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const open = await houseOf({ deps: { media: createFileStore(folder) } })

type Ids = Record<string, string>
type Scene = { house: House; victim: Browser; thief: Browser; theirs: Ids; own: Ids }

const RUNS_FOR_API = flow(
  { start: { type: 'start' }, ask: { type: 'ask_text', config: { text: 'Hi', variable: 'said' } } },
  ['start.next > ask'],
  [{ kind: 'api' }],
)
/** Makes each thing fit for use, so that a request fails by the id in it and by nothing else. */
async function makeReady(house: House, tenantId: string): Promise<void> {
  const all = (statement: string, ...values: unknown[]) => house.admin(statement, [tenantId, ...values])
  await all(`update conversations set window_expires_at = now() + interval '1 day' where tenant_id = $1`)
  await all(`update media_files set state = 'stored', storage_key = 'x', file_size_bytes = 10 where tenant_id = $1`)
  await all(`update templates set status = 'approved',
    components = '[{"type":"HEADER","format":"IMAGE"},{"type":"BODY","text":"X"}]' where tenant_id = $1`)
  await all(
    `insert into flow_versions (id, tenant_id, flow_id, number, definition)
     select gen_random_uuid(), tenant_id, id, 2, $2 from flows where tenant_id = $1`,
    JSON.stringify(RUNS_FOR_API),
  )
  await all(`update flows f set enabled = true, published_version_id = v.id, draft = v.definition from flow_versions v
    where v.flow_id = f.id and v.number = 2 and f.tenant_id = $1`)
}

async function scene(house: House): Promise<Scene> {
  const { db, keyRing, clock } = house.deps
  const settings = { graph: { baseUrl: 'http://127.0.0.1:9', version: 'v25.0' }, publicUrl: 'http://holdfast.test' }
  house.deps.channels = createChannelConnections({ db, keyRing, clock, settings })
  const [victim, thief] = [await house.owner('Victim'), await house.owner('Thief')]
  const [theirs, own] = [await furnish(house, victim), await furnish(house, thief)]
  for (const [owner, ids] of [
    [victim, theirs],
    [thief, own],
  ] as const) {
    const agent = await house.member(owner, 'agent')
    type Members = { items: { id: string; personId: string }[] }
    const { items } = await owner.json<Members>(200, 'GET', '/members')
    ids['member'] = items.find(({ personId }) => personId === agent.personId)!.id
    Object.assign(ids, { person: owner.personId, tenant: owner.tenantId })
    await makeReady(house, owner.tenantId)
  }
  return { house, victim, thief, theirs, own }
}

const TABLES = `
  select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`

/** Names the tables in which rows of a tenant have changed between two looks. */
async function stateOf(house: House, tenantId: string): Promise<Ids> {
  const state: Ids = {}
  for (const { name } of await house.admin<{ name: string }>(TABLES)) {
    const [row] = await house.admin<{ sum: string }>(
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum from ${name} t where tenant_id = $1`,
      [tenantId],
    )
    state[name] = row!.sum
  }
  return state
}

/** A house in which tenants are told apart by nothing that Postgres knows. */
async function withoutWalls({ house }: Scene): Promise<void> {
  const keys = await house.admin<{ relation: string; name: string }>(`
    select conrelid::regclass::text as relation, conname as name from pg_constraint
    where contype = 'f' and conparentid = 0 and connamespace = 'public'::regnamespace`)
  for (const { relation, name } of keys) await house.admin(`alter table ${relation} drop constraint ${name}`)
  for (const { name } of await house.admin<{ name: string }>(TABLES)) {
    await house.admin(`alter policy tenant on ${name} using (true) with check (true)`)
  }
}

holds('[S01] no route changes a row of another tenant by its id, and each says that there is none', {
  open: async (code) => scene(await open(code)),
  async attack({ house, victim, thief, theirs, own }) {
    const { operations, sample } = contractOf(house.app)
    const before = await stateOf(house, victim.tenantId)
    const got: string[] = []
    let count = 0
    for (const { method, path, params, body } of operations) {
      const kind = KINDS[path.split('/')[1]!]
      if (method === 'GET' || params.length === 0 || kind === undefined) continue
      count += 1
      const nameOf = (name: string) => (name === 'id' ? kind : name.replace(/Id$/, ''))
      const ask = async (ids: (place: number) => Ids) => {
        const filled = path.replace(/\{(\w+)\}/g, (_, name: string, at: number) =>
          name === 'category' ? 'marketing' : (ids(at)[nameOf(name)] ?? newId()),
        )
        return (await thief.request(method, filled, body === undefined ? undefined : sample(body))).status
      }
      const status = await ask(() => theirs)
      if (status !== 404) got.push(`${method} ${path}: ${status}`)
      if (params.length === 1 || path.includes('{category}')) continue
      // What is one's own, named together with what is not, is answered as together with what never was.
      const first = path.indexOf('{')
      const [foreign, never] = [
        await ask((at) => (at === first ? own : theirs)),
        await ask((at) => (at === first ? own : {})),
      ]
      if (foreign !== never) got.push(`${method} ${path}, the first my own: ${foreign} and not ${never}`)
    }
    if (count < 40) throw new Error(`only ${count} routes`)
    const now = await stateOf(house, victim.tenantId)
    return [...got, ...Object.keys(before).filter((table) => before[table] !== now[table])]
  },
  without: withoutWalls,
})

/** Every place in a body where an id can stand, as JSON pointers; places in a list are written `*`. */
function placesOf(schema: Schema | undefined, schemas: Schemas, path = '', seen: readonly Schema[] = []): string[] {
  if (schema === undefined) return []
  const own = resolved(schema, schemas)
  if (seen.includes(own)) return []
  const inner = (one: Schema | undefined, at: string) => placesOf(one, schemas, at, [...seen, own])
  return [
    ...(own.format === 'uuid' ? [path] : []),
    ...[...(own.anyOf ?? []), ...(own.oneOf ?? []), ...(own.allOf ?? [])].flatMap((one) => inner(one, path)),
    ...inner(own.items, `${path}/*`),
    ...Object.entries(own.properties ?? {}).flatMap(([name, one]) => inner(one, `${path}/${name}`)),
  ]
}

type Case = (own: Ids, theirs: Ids) => [path: string, body: object]
let clients = 0
const message = (content: object, more: object = {}) => {
  clients += 1
  return { content, clientId: `foreign-ids-${clients}`, ...more }
}
const sent = (content: (media: object) => object): Case => {
  return ({ conversation }, { media }) => [
    `/conversations/${conversation}/messages`,
    message(content({ fileId: media })),
  ]
}
const image = (media: object) => ({ kind: 'image', media })
const reply = { id: 'a', title: 'A' }

/** A request for each place, in which the id of another tenant stands there and all else is one's own. */
const CASES: Readonly<Record<string, Case>> = {
  'POST /contacts /tagIds/*': (_, { tag }) => ['/contacts', { name: 'X', phone: '+4915112345670', tagIds: [tag] }],
  'POST /conversations/tags /conversationIds/*': ({ tag }, { conversation }) => [
    '/conversations/tags',
    { conversationIds: [conversation], add: [tag] },
  ],
  'POST /conversations/tags /add/*': ({ conversation }, { tag }) => [
    '/conversations/tags',
    { conversationIds: [conversation], add: [tag] },
  ],
  'POST /conversations/tags /remove/*': ({ tag }, { conversation, tag: foreign }) => [
    '/conversations/tags',
    { conversationIds: [conversation], add: [tag], remove: [foreign] },
  ],
  'POST /conversations/{id}/assign /personId': ({ conversation }, { person }) => [
    `/conversations/${conversation}/assign`,
    { personId: person },
  ],
  'POST /conversations/{id}/messages /replyTo': ({ conversation }, { message: foreign }) => [
    `/conversations/${conversation}/messages`,
    message({ kind: 'text', text: 'X' }, { replyTo: foreign }),
  ],
  'POST /conversations/{id}/messages /content/media/fileId': sent(image),
  'POST /conversations/{id}/messages /content/header/media/fileId': sent((media) => ({
    ...{ kind: 'buttons', text: 'X', buttons: [reply] },
    header: image(media),
  })),
  'POST /conversations/{id}/messages /content/face/header/media/fileId': sent((media) => ({
    ...{ kind: 'template', name: 'hello', language: 'en' },
    face: { body: 'X', buttons: [], header: image(media) },
  })),
  'POST /flows/{id}/runs /contactId': ({ flow }, { contact }) => [
    `/flows/${flow}/runs`,
    { contactId: contact, cause: 'x' },
  ],
  'POST /flows/{id}/runs /channelId': ({ flow, contact }, { channel }) => [
    `/flows/${flow}/runs`,
    { contactId: contact, channelId: channel, cause: 'x' },
  ],
  'POST /invitations /roleId': (_, { role }) => ['/invitations', { email: 'x@house.test', roleId: role }],
  'PUT /me/tenant /tenantId': (_, { tenant }) => ['/me/tenant', { tenantId: tenant }],
  'PATCH /members/{id} /roleId': ({ member }, { role }) => [`/members/${member}`, { roleId: role }],
  'POST /suppressions /contactId': (_, { contact }) => ['/suppressions', { contactId: contact, category: 'marketing' }],
}
/** A draft is words until it is checked or run, and both look in the context of its tenant; see the case below. */
const IN_DRAFTS = /^(POST|PATCH) \/flows(\/\{id\}(\/validate)?)? \/draft\/nodes\/\*\/config\//

/** What the contract takes ids in and nobody has a case for. */
function uncovered(house: House): string[] {
  const schemas = documentOf(house.app, 'test').components?.schemas ?? {}
  const places = contractOf(house.app).operations.flatMap(({ method, path, body, access }: Operation) =>
    access === 'platform' ? [] : placesOf(body, schemas).map((place) => `${method} ${path} ${place}`),
  )
  return [...new Set(places)].filter((place) => !IN_DRAFTS.test(place) && CASES[place] === undefined)
}

test('the cases of S02 fail by the id in them: with one’s own they are done', async () => {
  const { thief, own } = await scene(await open(asItIs))
  for (const [place, request] of Object.entries(CASES)) {
    const [method = ''] = place.split(' ')
    const answer = await thief.request(method, ...request(own, own))
    assert.ok(answer.status < 300, `${place}: ${answer.status} ${await answer.text()}`)
  }
})

holds('[S02] an id of another tenant, in any place of any body, names nothing', {
  open: async (code) => scene(await open(code)),
  async attack({ house, victim, thief, theirs, own }) {
    const before = await stateOf(house, victim.tenantId)
    const got = uncovered(house).map((place) => `no case for ${place}`)
    for (const [place, request] of Object.entries(CASES)) {
      const [method = ''] = place.split(' ')
      const { status } = await thief.request(method, ...request(own, theirs))
      if (status !== 404 && status !== 422) got.push(`${place}: ${status}`)
    }
    const draft = flow(
      { start: { type: 'start' }, inner: { type: 'subflow', config: { flowId: theirs['flow'] } } },
      ['start.next > inner'],
      [],
    )
    const checked = await thief.request('POST', `/flows/${own['flow']}/validate`, { draft })
    if (!(await checked.text()).includes('subflow_unknown')) got.push(`a flow inside a flow: ${checked.status}`)
    const now = await stateOf(house, victim.tenantId)
    return [...got, ...Object.keys(before).filter((table) => before[table] !== now[table])]
  },
  without: withoutWalls,
})
