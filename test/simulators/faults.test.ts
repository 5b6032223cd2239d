import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { type Bench, CUSTOMER, type Loose, startBench } from './support.ts'

let bench: Bench
before(async () => {
  bench = await startBench()
  await bench.control('POST', 'options', { mps: 0, pairLimits: false })
  await bench.open(CUSTOMER)
})
beforeEach(() => bench.control('DELETE', 'faults'))
after(() => bench.close())

const fault = (body: Loose) => bench.control('POST', 'faults', { phoneNumberId: bench.numberId, ...body })
const text = { text: { body: 'x' } }
const accepted = async () => (await bench.control('GET', 'state')).sendsCount

test('429 comes with or without Retry-After, accepts nothing, and ends after its count', async () => {
  const before = await accepted()
  await fault({ kind: '429', count: 2, retryAfterS: 3 })
  const refused = await bench.send(text)
  assert.equal(refused.status, 429)
  assert.equal(refused.headers.get('retry-after'), '3')
  assert.equal((await bench.send(text)).status, 429)
  assert.equal(await accepted(), before)
  assert.equal((await bench.send(text)).status, 200)
  await fault({ kind: '429' })
  assert.equal((await bench.send(text)).headers.get('retry-after'), null)
})

test('5xx comes with a code, empty or as a page', async () => {
  await fault({ kind: '5xx' })
  const coded = await bench.send(text)
  assert.equal(coded.status, 500)
  assert.equal(coded.body.error.code, 131000)
  await fault({ kind: '5xx', httpStatus: 502, content: 'empty' })
  const empty = await bench.send(text)
  assert.deepEqual([empty.status, empty.body], [502, undefined])
  await fault({ kind: '5xx', content: 'html' })
  await assert.rejects(bench.send(text), SyntaxError)
})

test('a fault strikes its own number only', async () => {
  const [, other = ''] = [...bench.simulator.sim.world.numbers.keys()]
  await fault({ kind: '5xx', count: null })
  assert.equal((await bench.send(text, other)).status, 200)
  assert.equal((await bench.send(text)).status, 500)
  assert.equal((await bench.send(text)).status, 500)
  assert.equal((await bench.control('GET', 'faults')).faults[0].struck, 2)
  await bench.control('DELETE', `faults?phoneNumberId=${bench.numberId}`)
  assert.equal((await bench.send(text)).status, 200)
})

test('reset_after_accept breaks the line, but the message is in the log and its status arrives', async () => {
  const before = await accepted()
  await fault({ kind: 'reset_after_accept' })
  await assert.rejects(bench.send({ ...text, biz_opaque_callback_data: 'lost answer' }))
  assert.equal(await accepted(), before + 1)
  const entry = (await bench.log()).at(-1)
  assert.equal(entry.callbackData, 'lost answer')
  await bench.hook.item((item) => item.biz_opaque_callback_data === 'lost answer' && item.status === 'delivered')
})

test('reset_before_accept breaks the line and accepts nothing', async () => {
  const before = await accepted()
  await fault({ kind: 'reset_before_accept' })
  await assert.rejects(bench.send(text))
  assert.equal(await accepted(), before)
})

test('slow holds the answer back while statuses already leave', async () => {
  await fault({ kind: 'slow', ms: 300 })
  let answered = false
  const answer = bench.send({ ...text, biz_opaque_callback_data: 'slow one' }).then((result) => {
    answered = true
    return result
  })
  await bench.hook.item((item) => item.biz_opaque_callback_data === 'slow one' && item.status === 'sent')
  assert.equal(answered, false)
  assert.equal((await answer).status, 200)
})

test('an error code is refused at once or fails later, as the provider does or as it is told', async () => {
  await fault({ kind: '131031' })
  const locked = await bench.send(text)
  assert.deepEqual([locked.status, locked.body.error.code], [403, 131031])
  await fault({ kind: '131049' })
  const capped = await bench.send(text)
  assert.equal((await bench.hook.status(capped.body.messages[0].id, 'failed')).errors[0].code, 131049)
  await fault({ kind: '131000', async: true })
  const later = await bench.send(text)
  assert.equal((await bench.hook.status(later.body.messages[0].id, 'failed')).errors[0].code, 131000)
})

test('token_invalid is 401 with code 190 and the subcode of an expired session', async () => {
  await fault({ kind: 'token_invalid' })
  const expired = await bench.send(text)
  assert.deepEqual([expired.status, expired.body.error.code, expired.body.error.error_subcode], [401, 190, 463])
  assert.equal((await bench.send(text)).status, 200)
})

test('a fault that does not exist is refused', async () => {
  await assert.rejects(fault({ kind: 'gremlin' }), /gremlin/)
})

test('pages of other origins cannot use the controls', async () => {
  const answer = await fetch(`${bench.url}/control/state`, { headers: { origin: 'https://evil.test' } })
  assert.equal(answer.status, 403)
})
