import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { KEY_PERMISSIONS } from '#domain/api-keys/schema.ts'
import { ERRORS } from '#domain/errors.ts'
import { furnish } from './furniture.ts'
import { openHouse } from './house.ts'
import { askAs, makeKey } from './program.ts'

const PAGE = readFileSync('docs/api.md', 'utf8')

type Command = { method: string; path: string; headers: Record<string, string>; body: string | undefined }

/** The curl commands of the page, as a shell would read them. */
function commands(): Command[] {
  const blocks = [...PAGE.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block!.replaceAll('\\\n', ' '))
  const lines = blocks.flatMap((block) => block.split('\n')).filter((line) => line.startsWith('curl '))
  return lines.map((line) => ({
    method: / -X (\w+)/.exec(line)?.[1] ?? 'GET',
    path: /"\$HOLDFAST\/api\/v1([^"]*)"/.exec(line)![1]!,
    headers: Object.fromEntries(
      [...line.matchAll(/ -H "([^:"]+): ([^"]*)"/g)].map(([, name, value]) => [name!.toLowerCase(), value!]),
    ),
    body: / -d '(.*)'\s*$/.exec(line)?.[1]?.replaceAll("'", ''),
  }))
}

test('[INT-23] the commands of the quick start do what the page says', async () => {
  const house = await openHouse()
  const owner = await house.owner()
  const ids = await furnish(house, owner)
  await house.admin(`update conversations set window_expires_at = now() + interval '1 hour' where id = $1`, [
    ids['conversation'],
  ])
  const { secret } = await makeKey(owner, { permissions: KEY_PERMISSIONS })
  const named: Record<string, string> = { KEY: secret, CONVERSATION: ids['conversation']!, FLOW: ids['flow']! }
  const filled = (text: string) => text.replace(/\$([A-Z]+)/g, (_, name: string) => named[name] ?? `$${name}`)
  const all = commands()
  assert.ok(all.length >= 8)
  for (const { method, path, headers, body } of all) {
    assert.equal(headers['authorization'], 'Bearer $KEY', path)
    const { authorization: _, ...others } = headers
    const response = await askAs(house, secret, filled(path), {
      method,
      headers: others,
      ...(body !== undefined && { body: JSON.parse(filled(body)) }),
    })
    const answer = (await response.json()) as { id?: string; code?: string }
    if (path === '/contacts' && method === 'POST') named['CONTACT'] = answer.id!
    // The flow of the page is whoever reads it has; ours has no version, and that is all that is wrong with it.
    if (path.includes('/runs')) assert.equal(answer.code, 'flow_not_published')
    else assert.ok(response.ok, `${method} ${path}: ${response.status} ${JSON.stringify(answer)}`)
  }
})

test('[INT-26] every code of the page is one that is answered, with its status', () => {
  const rows = [...PAGE.matchAll(/^\| `(\w+)` \| (\d{3}) \|/gm)].map(([, code, status]) => ({ code, status }))
  assert.ok(rows.length >= 15)
  for (const { code, status } of rows) {
    const known = (ERRORS as Record<string, { status: number }>)[code!]
    assert.equal(String(known?.status), status, code)
  }
})
