import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Problem } from '#api/problem.ts'
import { ERRORS, type ErrorCode } from '#domain/errors.ts'
import { PROBLEM_CODES, PROBLEMS } from '#domain/problems/catalogue.ts'
import { ORIGIN, openHouse } from './house.ts'
import { askAs } from './program.ts'

const house = await openHouse()
const read = (path: string, accept: string) => house.app.request(path, { headers: { accept } })

test('[INT-26] every code has a page and the same as JSON: what it means, when it happens, the way out, an example', async () => {
  for (const code of PROBLEM_CODES) {
    const page = await read(`/problems/${code}`, 'text/html,application/xhtml+xml,*/*;q=0.8')
    assert.equal(page.status, 200, code)
    assert.match(page.headers.get('content-type')!, /^text\/html/)
    const text = await page.text()
    assert.ok(text.includes(`<code>${code}</code>`) && text.includes(`HTTP ${ERRORS[code].status}`), code)
    assert.ok(!/<script|undefined|\[object/.test(text), code)

    const entry = (await (await read(`/problems/${code}`, 'application/json')).json()) as Record<string, unknown>
    const { status, retry } = ERRORS[code]
    assert.deepEqual([entry['code'], entry['status'], entry['retry']], [code, status, retry])
    for (const name of ['means', 'when', 'wayOut']) {
      assert.match(String(entry[name]), /^[A-Z`].{10,}[.]$/s, `${code} ${name} is a sentence`)
    }
    assert.equal((entry['example'] as Problem).type, `${ORIGIN}/problems/${code}`)
  }
  const { items } = (await (await read('/problems', 'application/json')).json()) as { items: { code: string }[] }
  assert.deepEqual(
    items.map(({ code }) => code),
    PROBLEM_CODES,
  )
  const list = await (await read('/problems', 'text/html')).text()
  for (const code of PROBLEM_CODES) assert.ok(list.includes(`href="/problems/${code}"`), code)
  assert.equal((await read('/problems/no_such_code', 'text/html')).status, 404)
})

test('[INT-26] the type of whatever is refused is an address of the house that answers', async () => {
  const owner = await house.owner()
  const refusals: [Response, ErrorCode][] = [
    [await owner.request('GET', '/contacts/018f0000-0000-7000-8000-000000000000'), 'not_found'],
    [await owner.request('POST', '/contacts', { phone: '1', nickname: 'x' }), 'invalid_input'],
    [await owner.request('GET', '/contacts?cursor=x'), 'cursor_invalid'],
    [await owner.request('POST', '/roles', 'x=1', { 'content-type': 'text/plain' }), 'unsupported_media_type'],
    [await owner.request('DELETE', '/roles/permissions'), 'method_not_allowed'],
    [await house.browser().request('GET', '/contacts'), 'unauthenticated'],
    [await askAs(house, 'hf_wrong', '/contacts'), 'api_key_invalid'],
    [await owner.request('GET', '/nowhere'), 'not_found'],
  ]
  for (const [response, code] of refusals) {
    const problem = (await response.json()) as Problem
    assert.equal(problem.code, code)
    const { origin, pathname } = new URL(problem.type)
    assert.equal(origin, ORIGIN)
    assert.equal((await read(pathname, 'text/html')).status, 200, problem.type)
  }
})

test('[INT-26] the pages run nothing, load nothing, and may be kept; what is in them is escaped', async () => {
  const page = await read('/problems/invalid_input', 'text/html')
  const policy = page.headers.get('content-security-policy')!
  assert.match(policy, /default-src 'none'/)
  assert.ok(!policy.includes('unsafe') && !policy.includes('script'))
  assert.match(page.headers.get('cache-control')!, /max-age/)
  assert.equal(page.headers.get('vary'), 'Accept')
  assert.ok((await page.text()).includes('&quot;path&quot;: &quot;/phone&quot;'))
})

test('[INT-26] what may be tried again by itself says in its example when', () => {
  const silent = PROBLEM_CODES.filter((code) => {
    const { parts, retryAfterSeconds } = PROBLEMS[code]
    const isTold = ERRORS[code].status === 429
    return isTold && parts?.length !== 0 && retryAfterSeconds === undefined
  })
  assert.deepEqual(silent, [])
})
