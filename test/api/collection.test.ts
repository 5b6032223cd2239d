import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { KEY_PERMISSIONS } from '#domain/api-keys/schema.ts'
import { createFileStore } from '#infra/media/store.ts'
import { furnish } from './furniture.ts'
import { openHouse } from './house.ts'
import { askAs, makeKey, setLimits } from './program.ts'

const COLLECTION = 'clients/http/holdfast.postman_collection.json'
const folder = mkdtempSync(join(tmpdir(), 'holdfast-collection-'))
const house = await openHouse({ deps: { media: createFileStore(folder) } })
after(() => rmSync(folder, { recursive: true, force: true }))

type Named = { key: string; value: string }
type Item = {
  name: string
  request: { method: string; url: { raw: string; variable: Named[] }; body?: { mode: string; raw: string } }
  event?: { script: { exec: string[] } }[]
}
type Collection = { item: { name: string; item: Item[] }[]; variable: Named[] }
const collection = JSON.parse(readFileSync(COLLECTION, 'utf8')) as Collection
const items = collection.item.flatMap(({ item }) => item)

test('[INT-23] the collections are made from what the API serves', () => {
  execFileSync(process.execPath, ['scripts/api-collection.ts', '--check'], { stdio: 'pipe' })
})

test('[INT-23] every request of the plain file is one of the collection, and the other way round', () => {
  const lines = readFileSync('clients/http/holdfast.http', 'utf8').split('\n')
  const plain = lines.flatMap((line) => /^(GET|POST|PUT|PATCH|DELETE) \{\{baseUrl\}\}(\S+)$/.exec(line)?.slice(1) ?? [])
  assert.equal(plain.length / 2, items.length)
  assert.equal(lines.filter((line) => line.startsWith('### ')).length, items.length)
})

/** Refusals of how it is asked, and faults of ours; anything else speaks of the state of a thing that was found. */
const OF_FORM: ReadonlySet<string> = new Set([
  ...['invalid_input', 'unsupported_media_type', 'method_not_allowed', 'payload_too_large', 'cursor_invalid'],
  ...['unauthenticated', 'api_key_invalid', 'person_required', 'internal_error', 'unavailable'],
])

test('[INT-23] each request of the collection is one that a running API takes, and most are carried out', async () => {
  const owner = await house.owner()
  const ids = await furnish(house, owner)
  await setLimits(house, owner.tenantId, { keyRequestsPerMinute: 10_000, requestsPerMinute: 10_000 })
  await house.admin(`update conversations set window_expires_at = now() + interval '1 hour' where id = $1`, [
    ids['conversation'],
  ])
  const { secret } = await makeKey(owner, { permissions: KEY_PERMISSIONS })
  const known = new Map(Object.entries(ids).map(([name, id]) => [`${name}Id`, id]))
  known.set('webhookSubscriptionId', ids['webhook']!)
  known.set('customFieldId', ids['field']!)
  known.set('personId', owner.personId)
  const filled = (text: string) =>
    text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => known.get(name) ?? '018f0000-0000-7000-8000-000000000000')
  // What takes away comes last, so that everything else finds what it is about.
  const inOrder = [...items].sort((one, other) => rank(one) - rank(other))
  const refused: string[] = []
  let carriedOut = 0
  for (const { request } of inOrder) {
    if (request.body?.mode === 'formdata' || request.url.raw.includes('/channels')) continue
    const path = request.url.raw
      .replace('{{baseUrl}}/api/v1', '')
      .replace(/:(\w+)/g, (_, name: string) => filled(request.url.variable.find(({ key }) => key === name)!.value))
    const body = request.body === undefined ? undefined : JSON.parse(filled(request.body.raw))
    const response = await askAs(house, secret, path, { method: request.method, ...(body !== undefined && { body }) })
    if (response.ok) carriedOut += 1
    const { code = '' } = response.ok ? {} : ((await response.json()) as { code: string })
    if (OF_FORM.has(code)) refused.push(`${request.method} ${request.url.raw}: ${code}`)
  }
  assert.deepEqual(refused, [])
  assert.ok(carriedOut >= items.length * 0.6, `${carriedOut} of ${items.length}`)
})

const RANKS: Readonly<Record<string, number>> = { GET: 0, POST: 1, PUT: 2, PATCH: 3, DELETE: 5 }
const rank = ({ request }: Item) => RANKS[request.method] ?? 4
