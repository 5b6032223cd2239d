import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { APP_SECRET, type Bench, CUSTOMER, type Loose, startBench, startHook, TOKEN } from './support.ts'

let bench: Bench
before(async () => {
  bench = await startBench()
})
after(() => bench.close())

const post = (path: string, body: Loose = {}) => bench.graph('POST', `/v25.0/${path}`, body)
const get = (path: string) => bench.graph('GET', `/v25.0/${path}`)

test('a caller finds the pool: from its token to accounts and numbers', async () => {
  const token = (await bench.graph('GET', `/v25.0/oauth/access_token?client_secret=${APP_SECRET}&code=x`)).body
  assert.equal(token.access_token, TOKEN)
  const { data } = (await get('debug_token?input_token=x')).body
  assert.deepEqual(data.granular_scopes[0].target_ids, [...bench.simulator.sim.world.wabas.keys()])
  const { businessId } = await bench.control('GET', 'state')
  const owned = (await get(`${businessId}/owned_whatsapp_business_accounts`)).body.data
  assert.equal(owned[0].id, bench.wabaId)
  const numbers = (await get(`${bench.wabaId}/phone_numbers?fields=id,display_phone_number,status`)).body.data
  assert.deepEqual(numbers, [{ id: bench.numberId, display_phone_number: '+1 555-093-4873', status: 'CONNECTED' }])
})

test('a new number is added, verified by its code, registered, listened to, and then it works', async () => {
  const added = { cc: '1', phone_number: '2025550110', verified_name: 'Night Owl Pharmacy' }
  const { id } = (await post(`${bench.wabaId}/phone_numbers`, added)).body
  const register = { messaging_product: 'whatsapp', pin: '123456' }
  assert.equal((await bench.send({ text: { body: 'x' } }, id)).body.error.code, 133010)
  assert.equal((await post(`${id}/register`, register)).body.error.code, 133010)
  assert.equal((await post(`${id}/verify_code`, { code: '000000' })).body.error.code, 136025)
  await post(`${id}/request_code`, { code_method: 'SMS', language: 'en_US' })
  const { numbers } = await bench.control('GET', 'state')
  const { code } = numbers.find((number: Loose) => number.id === id)
  assert.deepEqual((await post(`${id}/verify_code`, { code })).body, { success: true })
  assert.deepEqual((await post(`${id}/register`, register)).body, { success: true })
  const own = await startHook({ verifyToken: 'own' })
  const override = { webhook_configuration: { override_callback_uri: own.url, verify_token: 'own' } }
  assert.deepEqual((await post(id, override)).body, { success: true })
  const seen = (await get(`${id}?fields=webhook_configuration,status,verified_name`)).body
  assert.equal(seen.webhook_configuration.phone_number, own.url)
  assert.deepEqual([seen.status, seen.verified_name], ['CONNECTED', 'Night Owl Pharmacy'])
  const written = await bench.open(CUSTOMER, id)
  await own.item((item) => item.id === written)
  assert.equal((await bench.send({ text: { body: 'x' } }, id)).status, 200)
  await own.close()
})

test('a second pin is refused, and so is the eleventh registration in 72 hours', async () => {
  const [, other = ''] = [...bench.simulator.sim.world.numbers.keys()]
  const register = (pin: string) => post(`${other}/register`, { messaging_product: 'whatsapp', pin })
  await register('111111')
  assert.equal((await register('222222')).body.error.code, 133005)
  const codes: number[] = []
  for (let time = 0; time < 10; time += 1) codes.push((await register('111111')).body.error?.code ?? 200)
  assert.deepEqual([codes[8], codes[9]], [200, 133016])
  await bench.control('POST', 'clock', { advanceMs: 72 * 3_600_000 + 1 })
  assert.equal((await register('111111')).status, 200)
})

test('a profile is held against its limits', async () => {
  const write = (part: Loose) =>
    post(`${bench.numberId}/whatsapp_business_profile`, { messaging_product: 'whatsapp', ...part })
  assert.equal((await write({ about: 'x'.repeat(140) })).status, 400)
  assert.equal((await write({ websites: ['a', 'b', 'c'] })).status, 400)
  assert.equal((await write({ vertical: 'SPACE' })).status, 400)
  assert.deepEqual((await write({ about: 'Fresh bread', vertical: 'RESTAURANT' })).body, { success: true })
  const { data } = (await get(`${bench.numberId}/whatsapp_business_profile?fields=about,vertical`)).body
  assert.deepEqual(data, [{ about: 'Fresh bread', vertical: 'RESTAURANT', messaging_product: 'whatsapp' }])
})

test('only who wrote within a day can be blocked, and then is not heard', async () => {
  const block = (user: string) =>
    post(`${bench.numberId}/block_users`, { messaging_product: 'whatsapp', block_users: [{ user }] })
  assert.equal((await block('+15550100001')).body.block_users.failed_users.length, 1)
  await bench.open('15550100002')
  assert.equal((await block('+15550100002')).status, 200)
  assert.equal(await bench.open('15550100002'), 'blocked')
  const { data } = (await get(`${bench.numberId}/block_users`)).body
  assert.deepEqual(data, [{ messaging_product: 'whatsapp', wa_id: '15550100002' }])
})

test('the picture of a template goes up in two steps and comes back as a handle', async () => {
  const { appId } = await bench.control('GET', 'state')
  const { id } = (await post(`${appId}/uploads?file_name=a.png&file_length=3&file_type=image/png`)).body
  assert.match(id, /^upload:/)
  const answer = await fetch(`${bench.url}/v25.0/${id}`, {
    method: 'POST',
    headers: { authorization: `OAuth ${TOKEN}`, file_offset: '0' },
    body: new Uint8Array([1, 2, 3]),
  })
  assert.match(((await answer.json()) as Loose).h, /^4::aW/)
})

test('an uploaded file dies after 30 days, and a file that does not fit fails the message later', async () => {
  const upload = async (type: string): Promise<string> => {
    const form = new FormData()
    form.set('messaging_product', 'whatsapp')
    form.set('file', new Blob([new Uint8Array([1])], { type }), 'file')
    const headers = { authorization: `Bearer ${TOKEN}` }
    const answer = await fetch(`${bench.url}/v25.0/${bench.numberId}/media`, { method: 'POST', headers, body: form })
    return ((await answer.json()) as Loose).id
  }
  await bench.open(CUSTOMER)
  const pdf = await upload('application/pdf')
  const sent = await bench.send({ type: 'image', image: { id: pdf } })
  assert.equal((await bench.hook.status(sent.body.messages[0].id, 'failed')).errors[0].code, 131053)
  const image = await upload('image/png')
  await bench.control('POST', 'clock', { advanceMs: 30 * 86_400_000 + 1 })
  assert.equal((await bench.send({ type: 'image', image: { id: image } })).body.error.code, 100)
  assert.equal((await get(image)).body.error.error_subcode, 33)
})
