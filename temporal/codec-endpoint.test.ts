import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { createSubjectKey, type SubjectKeyStore } from '#infra/crypto/subject-keys.ts'
import { createPayloadCodec } from './codec.ts'
import { type CodecAccess, type CodecViewer, createCodecEndpoint } from './codec-endpoint.ts'

const namespace = 'holdfast'
const uiOrigin = 'http://ui.test'
const keyRing = new KeyRing([generateRootKey('k1')])
const codec = createPayloadCodec({ keyRing, namespace })
const ofTenant1: CodecViewer = { principalId: 'p1', mayDecode: (tenantId) => tenantId === 't1' }

const toWire = (payload: Payload) => ({
  metadata: Object.fromEntries(
    Object.entries(payload.metadata ?? {}).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(payload.data ?? []).toString('base64'),
})

async function sealed(workflowId: string, value: unknown, using = codec) {
  const context = { type: 'workflow', namespace, workflowId } as const
  const [payload] = await using.encode([defaultPayloadConverter.toPayload(value)!], context)
  return toWire(payload!)
}

function endpoint(more: { subjectKeys?: SubjectKeyStore; audit?: (access: CodecAccess) => Promise<void> } = {}) {
  const audited: CodecAccess[] = []
  const audit = async (access: CodecAccess) => void audited.push(access)
  const handle = createCodecEndpoint({ keyRing, namespace, uiOrigin, audit, ...more })
  const ask = (
    payloads: unknown,
    request: { viewer?: CodecViewer | undefined; origin?: string; method?: string } = {},
  ) => {
    const { origin = uiOrigin, method = 'POST' } = request
    const body = method === 'POST' ? { body: JSON.stringify({ payloads }) } : {}
    const viewer = 'viewer' in request ? request.viewer : ofTenant1
    return handle(new Request('http://api.test/codec/decode', { method, headers: { origin }, ...body }), viewer)
  }
  return { ask, audited, handle }
}

test('[S66] payloads of the viewer’s tenant are opened, and the reading is on record', async () => {
  const { ask, audited } = endpoint()
  const response = await ask([await sealed('flow/t1/a', { name: 'Ada' }), await sealed('flow/t1/b', 'two')])
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('access-control-allow-origin'), uiOrigin)
  const { payloads } = (await response.json()) as { payloads: { data: string }[] }
  const texts = payloads.map(({ data }) => Buffer.from(data, 'base64').toString())
  assert.deepEqual(texts, ['{"name":"Ada"}', '"two"'])
  assert.deepEqual(audited, [
    {
      principalId: 'p1',
      outcome: 'decoded',
      code: undefined,
      tenantIds: ['t1'],
      workflowIds: ['flow/t1/a', 'flow/t1/b'],
      payloadCount: 2,
    },
  ])
})

test('[S66] nobody reads without signing in, for another tenant, or from another page; all of it is audited', async () => {
  const { ask, audited } = endpoint()
  const foreign = await sealed('flow/t2/a', 'secret')
  const own = await sealed('flow/t1/a', 'secret')
  const cases = [
    { response: await ask([own], { viewer: undefined }), status: 401, code: 'unauthenticated' },
    { response: await ask([own, foreign]), status: 403, code: 'forbidden' },
    { response: await ask([own], { origin: 'http://evil.test' }), status: 403, code: 'forbidden' },
    { response: await ask([own], { origin: 'null' }), status: 403, code: 'forbidden' },
    { response: await ask([own], { method: 'GET' }), status: 405, code: 'method_not_allowed' },
  ]
  for (const { response, status, code } of cases) {
    assert.equal(response.status, status)
    const body = await response.text()
    assert.equal(JSON.parse(body).code, code)
    assert.ok(!body.includes('secret'))
  }
  assert.equal(cases[2]!.response.headers.get('access-control-allow-origin'), null)
  assert.deepEqual(
    audited.map(({ outcome, code }) => `${outcome} ${code}`),
    cases.map(({ code }) => `refused ${code}`),
  )
  assert.deepEqual(audited[1]?.tenantIds, ['t1', 't2'])
})

test('[S66] only the page of the Temporal UI passes the browser’s question beforehand', async () => {
  const { ask } = endpoint()
  const allowed = await ask([], { method: 'OPTIONS', viewer: undefined })
  assert.equal(allowed.status, 204)
  assert.equal(allowed.headers.get('access-control-allow-credentials'), 'true')
  const refused = await ask([], { method: 'OPTIONS', viewer: undefined, origin: 'http://evil.test' })
  assert.equal(refused.status, 403)
  assert.equal(refused.headers.get('access-control-allow-origin'), null)
})

test('[S67] a cut, changed or relabelled payload is refused whole, with an entry to raise an alarm from', async () => {
  const own = await sealed('flow/t1/a', 'secret')
  const bytes = Buffer.from(own.data, 'base64')
  const changed = Buffer.from(bytes)
  changed[changed.length - 20] = changed.at(-20)! ^ 1
  const relabelled = Buffer.from(bytes.toString('latin1').replace('flow/t1/a', 'flow/t1/b'), 'latin1')
  const [foreign] = [Buffer.from((await sealed('flow/t2/a', 'secret')).data, 'base64')]
  // Tenant 2's payload dressed as one of tenant 1: the claim passes the first look, the key does not open it.
  const dressed = Buffer.from(foreign!.toString('latin1').replaceAll('t2', 't1'), 'latin1')
  for (const data of [bytes.subarray(0, -1), changed, relabelled, dressed, Buffer.from('junk')]) {
    const { ask, audited } = endpoint()
    const response = await ask([{ ...own, data: data.toString('base64') }])
    assert.equal(((await response.json()) as { code: string }).code, 'ciphertext_invalid')
    assert.equal(audited[0]?.code, 'ciphertext_invalid')
  }
})

test('payloads of another namespace and without a tenant are not opened for a tenant', async () => {
  const { ask } = endpoint()
  const elsewhere = createPayloadCodec({ keyRing, namespace: 'other' })
  const [payload] = await elsewhere.encode([defaultPayloadConverter.toPayload(1)!], {
    type: 'workflow',
    namespace: 'other',
    workflowId: 'flow/t1/a',
  })
  assert.equal((await ask([toWire(payload!)])).status, 403)
  const [platform] = await codec.encode([defaultPayloadConverter.toPayload(1)!])
  assert.equal((await ask([toWire(platform!)])).status, 403)
  const admin = { principalId: 'admin', mayDecode: () => true }
  assert.equal((await ask([toWire(platform!)], { viewer: admin })).status, 200)
})

test('what is in clear by design comes back as it went', async () => {
  const plain = toWire(defaultPayloadConverter.toPayload('TenantId')!)
  const response = await endpoint().ask([plain])
  assert.deepEqual(await response.json(), { payloads: [plain] })
})

test('an erased contact reads as erased, and its neighbours stay readable', async () => {
  const wrapped = createSubjectKey(keyRing, { tenantId: 't1', subjectKeyId: 's1' })
  const perContact = createPayloadCodec({
    keyRing,
    namespace,
    subjectKeys: { find: async () => wrapped },
    subjectKeyIdOf: async () => 's1',
  })
  const { ask } = endpoint({ subjectKeys: { find: async () => 'shredded' } })
  const response = await ask([await sealed('flow/t1/a', 'gone', perContact), await sealed('flow/t1/a', 'here')])
  const { payloads } = (await response.json()) as { payloads: { data: string }[] }
  const texts = payloads.map(({ data }) => Buffer.from(data, 'base64').toString())
  assert.match(texts[0]!, /erased/)
  assert.equal(texts[1], '"here"')
})

test('nothing is handed out when the audit cannot be written', async () => {
  const { ask } = endpoint({ audit: () => Promise.reject(new Error('audit is down')) })
  await assert.rejects(ask([await sealed('flow/t1/a', 'secret')]), /audit is down/)
})

test('bodies that are no payloads, or too many, are refused by name', async () => {
  const { ask, handle } = endpoint()
  for (const payloads of [
    undefined,
    'x',
    [1],
    [null],
    [{ data: 1 }],
    [{ metadata: { encoding: 1 } }],
    [{ metadata: 'x' }],
  ]) {
    assert.equal((await ask(payloads)).status, 422, JSON.stringify(payloads))
  }
  assert.equal((await ask(Array.from({ length: 1_001 }, () => ({})))).status, 413)
  const post = (body: string) =>
    handle(new Request('http://api.test/', { method: 'POST', headers: { origin: uiOrigin }, body }), ofTenant1)
  assert.equal((await post('{')).status, 422)
  assert.equal((await post('x'.repeat(4_200_000))).status, 413)
})
