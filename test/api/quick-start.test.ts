import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createEventFeed } from '#api/live/event-feed.ts'
import { KEY_PERMISSIONS } from '#domain/api-keys/schema.ts'
import { ERRORS } from '#domain/errors.ts'
import { createFileStore } from '#infra/media/store.ts'
import { createChannelConnections } from '#infra/providers/channel-connections.ts'
import { contractOf } from './contract.ts'
import { furnish } from './furniture.ts'
import { type Browser, type House, ORIGIN, openHouse } from './house.ts'
import { askAs, makeKey, setLimits } from './program.ts'

const PAGE = readFileSync('docs/api.md', 'utf8')
const AREAS = readFileSync('docs/areas.md', 'utf8')
const WEBHOOKS = readFileSync('docs/webhooks.md', 'utf8')

const folder = mkdtempSync(join(tmpdir(), 'holdfast-quick-start-'))
after(() => rmSync(folder, { recursive: true, force: true }))

type Command = {
  method: string
  path: string
  headers: Record<string, string>
  body: string | undefined
  /** The part of a form that is a file. */
  form: string | undefined
  /** `TAG=$(… | jq -r .id)`: what is kept of the answer, and under which name. */
  keeps: { name: string; place: string } | undefined
}

/** The curl commands of a page, as a shell would read them. */
function commandsOf(page: string): Command[] {
  const blocks = [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!.replaceAll('\\\n', ' '))
  const lines = blocks.flatMap((block) => block.split('\n')).filter((line) => /^(\w+=\$\()?curl /.test(line))
  return lines.map((line) => {
    const kept = /^(\w+)=\$\(.*\| jq -r (\S+)\)$/.exec(line)
    return {
      method: / -X (\w+)/.exec(line)?.[1] ?? 'GET',
      path: /"\$HOLDFAST\/api\/v1([^"]*)"/.exec(line)![1]!,
      headers: Object.fromEntries(
        [...line.matchAll(/ -H "([^:"]+): ([^"]*)"/g)].map(([, name, value]) => [name!.toLowerCase(), value!]),
      ),
      body: / -d '(.*)'(?: \||\s*$)/.exec(line)?.[1]?.replaceAll("'", ''),
      form: / -F "(\w+)=@[^"]+"/.exec(line)?.[1],
      keeps: kept === null ? undefined : { name: kept[1]!, place: kept[2]! },
    }
  })
}

/** The value at a place as jq names it: `.items[0].id`. */
const valueAt = (answer: unknown, place: string) =>
  [...place.matchAll(/\w+/g)].reduce<unknown>((value, [name]) => (value as Record<string, unknown>)[name], answer)

async function ask(house: House, { method, path, headers, body, form }: Command): Promise<Response> {
  const { authorization, 'content-type': _type, ...others } = headers
  const secret = authorization?.replace('Bearer ', '')
  if (form === undefined) {
    return askAs(house, secret, path, {
      method,
      headers: others,
      ...(body !== undefined && { body: JSON.parse(body) }),
    })
  }
  const data = new FormData()
  data.set(form, new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])], 'menu.png', { type: 'image/png' }))
  return house.app.request(`/api/v1${path}`, { method, headers: { authorization: authorization! }, body: data })
}

/** A house with one of everything, whose contact has just written, and what its pages call by name. */
async function furnished(): Promise<{ house: House; owner: Browser; ids: Record<string, string>; secret: string }> {
  const house = await openHouse({ deps: { media: createFileStore(folder) } })
  const { db, auth, log } = house.deps
  house.deps.feed = await createEventFeed({ db, sessions: auth.sessions, log })
  house.deps.channels = createChannelConnections({
    db,
    keyRing: house.deps.keyRing,
    clock: house.deps.clock,
    settings: { graph: { baseUrl: 'http://127.0.0.1:9', version: 'v25.0' }, publicUrl: ORIGIN },
  })
  const owner = await house.owner()
  const ids = await furnish(house, owner)
  await setLimits(house, owner.tenantId, { keyRequestsPerMinute: 10_000, requestsPerMinute: 10_000 })
  await house.admin(`update conversations set window_expires_at = now() + interval '1 hour' where id = $1`, [
    ids['conversation'],
  ])
  const { secret } = await makeKey(owner, { permissions: KEY_PERMISSIONS })
  return { house, owner, ids, secret }
}

/** Runs a page from its first command to its last; `otherwise` are refusals that its words foretell. */
async function run(page: string, otherwise: Readonly<Record<string, string>>): Promise<Command[]> {
  const { house, owner, ids, secret } = await furnished()
  const named: Record<string, string> = { KEY: secret, SESSION: owner.cookies.get('holdfast.session_token')! }
  for (const name of ['conversation', 'flow', 'webhook']) named[name.toUpperCase()] = ids[name]!
  const filled = (text: string) => text.replace(/\$([A-Z]+)/g, (_, name: string) => named[name] ?? `$${name}`)
  const all = commandsOf(page)
  for (const command of all) {
    const { method, path, headers, body, keeps } = command
    const asked = {
      ...command,
      path: filled(path),
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filled(value)])),
      body: body && filled(body),
    }
    const response = await ask(house, asked)
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream')
    if (isStream) await response.body?.cancel()
    const text = isStream ? '' : await response.text()
    const told = `${method} ${path}: ${response.status} ${text.slice(0, 400)}`
    const foretold = otherwise[`${method} ${path}`]
    if (!response.ok && foretold !== undefined)
      assert.equal((JSON.parse(text) as { code: string }).code, foretold, told)
    else assert.ok(response.ok, told)
    if (keeps !== undefined) named[keeps.name] = String(valueAt(JSON.parse(text), keeps.place))
    if (path === '/contacts' && method === 'POST') named['CONTACT'] = (JSON.parse(text) as { id: string }).id
  }
  return all
}

test('[INT-23] the commands of the quick start do what the page says', async () => {
  // The flow of the page is whoever reads it has; ours has no version, and that is all that is wrong with it.
  const all = await run(PAGE, { 'POST /flows/$FLOW/runs': 'flow_not_published' })
  assert.ok(all.length >= 8)
  for (const { headers, path } of all) assert.equal(headers['authorization'], 'Bearer $KEY', path)
})

test('[INT-23] the way through each area is open, from its first command to its last', async () => {
  // Nobody packs the export here, and so there is no file of it yet.
  const all = await run(AREAS, { 'GET /data-requests/$REQUEST/file': 'not_found' })
  assert.ok(all.length >= 50)
})

test('[INT-23] the commands about webhooks do what their page says', async () => {
  const all = await run(WEBHOOKS, {})
  assert.ok(all.length >= 2)
})

test('[INT-23] no area of the API is without a command', async () => {
  const { app } = await openHouse()
  const { operations } = contractOf(app)
  const paths = [PAGE, AREAS, WEBHOOKS].flatMap(commandsOf).map(({ path }) => path.replace(/\?.*/, ''))
  const shown = new Set(
    operations
      .filter(({ path }) => paths.some((one) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(one)))
      .flatMap(({ tags }) => tags),
  )
  const forKeys = operations.filter(({ access, peopleOnly }) => access !== 'public' && !peopleOnly)
  const silent = new Set(forKeys.flatMap(({ tags }) => tags).filter((tag) => !shown.has(tag)))
  assert.deepEqual([...silent], [])
})

test('[INT-26] every code of the page is one that is answered, with its status', () => {
  const rows = [...PAGE.matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code, status]) => ({ code, status }))
  assert.ok(rows.length >= 15)
  for (const { code, status } of rows) {
    const known = (ERRORS as Record<string, { status: number }>)[code!]
    assert.equal(String(known?.status), status, code)
  }
})
