import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defaultPayloadConverter, type Payload, type SerializationContext } from '@temporalio/common'
import fc from 'fast-check'
import { DomainError, type ErrorCode } from '#domain/errors.ts'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { createSubjectKey, type SubjectKeyStore } from '#infra/crypto/subject-keys.ts'
import { type CodecOptions, createPayloadCodec } from './codec.ts'
import { lastingWorkflowId, tenantOfWorkflowId } from './workflow-scope.ts'

const namespace = 'holdfast'
const root = generateRootKey('k1')
const options: CodecOptions = { keyRing: new KeyRing([root]), namespace }
const codec = createPayloadCodec(options)
const code = (expected: ErrorCode) => (error: unknown) => error instanceof DomainError && error.code === expected
const workflow = (workflowId: string): SerializationContext => ({ type: 'workflow', namespace, workflowId })
const payloadOf = (value: unknown): Payload => defaultPayloadConverter.toPayload(value)!
const decoded = ([payload]: Payload[]): unknown => defaultPayloadConverter.fromPayload(payload!)

test('every value comes back as it went, and no byte of it is readable on the way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const context = workflow('flow/t1/a')
      const encoded = await codec.encode([payloadOf(value)], context)
      assert.equal(Buffer.from(encoded[0]!.metadata!['encoding']!).toString(), 'binary/encrypted')
      assert.deepEqual(decoded(await codec.decode(encoded, context)), JSON.parse(JSON.stringify(value)))
    }),
  )
  const [encoded] = await codec.encode([payloadOf('a long enough secret')], workflow('flow/t1/a'))
  assert.ok(!Buffer.from(encoded!.data!).includes('secret'))
})

test('[S67] a payload opens in its own workflow only', async () => {
  const encoded = await codec.encode([payloadOf('x')], workflow('flow/t1/a'))
  const activity = { type: 'activity', namespace, workflowId: 'flow/t1/a', isLocal: false } as const
  assert.equal(decoded(await codec.decode(encoded, activity)), 'x')
  for (const workflowId of ['flow/t1/b', 'flow/t2/a', 'flow/t1/a/more']) {
    await assert.rejects(codec.decode(encoded, workflow(workflowId)), code('ciphertext_invalid'), workflowId)
  }
  const elsewhere: SerializationContext = { type: 'workflow', namespace: 'other', workflowId: 'flow/t1/a' }
  await assert.rejects(codec.decode(encoded, elsewhere), code('ciphertext_invalid'))
})

test('[S67] a payload in clear is refused, whatever it calls itself', async () => {
  const plain = payloadOf('forged')
  await assert.rejects(codec.decode([plain], workflow('flow/t1/a')), code('ciphertext_invalid'))
  const disguised = { ...plain, metadata: { encoding: Buffer.from('binary/encrypted') } }
  await assert.rejects(codec.decode([disguised], workflow('flow/t1/a')), code('ciphertext_invalid'))
  await assert.rejects(codec.decode([{}], workflow('flow/t1/a')), code('ciphertext_invalid'))
})

test('all occurrences of one Schedule read what it and they have sealed', async () => {
  const encoded = await codec.encode([payloadOf('x')], workflow('digest/t1/weekly'))
  const occurrence = workflow('digest/t1/weekly-2026-11-21T04:00:00Z')
  assert.equal(decoded(await codec.decode(encoded, occurrence)), 'x')
  const result = await codec.encode([payloadOf('y')], occurrence)
  assert.equal(decoded(await codec.decode(result, workflow('digest/t1/weekly-2026-11-28T04:00:00Z'))), 'y')
})

test('without a context the house seals for itself and checks what the envelope says', async () => {
  const encoded = await codec.encode([payloadOf('memo of a schedule')])
  assert.equal(decoded(await codec.decode(encoded)), 'memo of a schedule')
  await assert.rejects(codec.decode(encoded, workflow('flow/t1/a')), code('ciphertext_invalid'))
  const ofWorkflow = await codec.encode([payloadOf('x')], workflow('flow/t1/a'))
  assert.equal(decoded(await codec.decode(ofWorkflow)), 'x')
})

test('a workflow id without a tenant in it is refused before anything is sealed', async () => {
  for (const workflowId of ['job-1', '/t1/x', 'flow//x', 'flow/', '']) {
    await assert.rejects(codec.encode([payloadOf('x')], workflow(workflowId)), code('invalid_input'), workflowId)
  }
  assert.equal(tenantOfWorkflowId('subscription/t1'), 't1')
  assert.equal(tenantOfWorkflowId('webhook/t1/endpoint/event'), 't1')
  assert.equal(lastingWorkflowId('flow/t1/2026-11-21'), 'flow/t1/2026-11-21')
})

test('old payloads open after a rotation; without the old key they are key_missing, not lost', async () => {
  const context = workflow('flow/t1/a')
  const encoded = await codec.encode([payloadOf('old')], context)
  const fresh = generateRootKey('k2')
  const rotated = createPayloadCodec({ ...options, keyRing: new KeyRing([fresh, root]) })
  assert.equal(decoded(await rotated.decode(encoded, context)), 'old')
  const [newer] = await rotated.encode([payloadOf('new')], context)
  assert.equal(Buffer.from(newer!.metadata!['key-id']!).toString(), 'k2')
  const forgetful = createPayloadCodec({ ...options, keyRing: new KeyRing([fresh]) })
  await assert.rejects(forgetful.decode(encoded, context), code('key_missing'))
})

test('payloads under the key of a contact are unreadable once it is destroyed', async () => {
  let answer: Awaited<ReturnType<SubjectKeyStore['find']>> = createSubjectKey(options.keyRing, {
    tenantId: 't1',
    subjectKeyId: 's1',
  })
  const perContact = createPayloadCodec({
    ...options,
    subjectKeys: { find: async () => answer },
    subjectKeyIdOf: async ({ workflowId }) => (workflowId.startsWith('conversation/') ? 's1' : undefined),
  })
  const context = workflow('conversation/t1/c1')
  const encoded = await perContact.encode([payloadOf('hello')], context)
  const other = await perContact.encode([payloadOf('campaign')], workflow('campaign/t1/x'))
  assert.equal(decoded(await perContact.decode(encoded, context)), 'hello')
  await assert.rejects(codec.decode(encoded, context), code('key_missing'))
  answer = 'shredded'
  await assert.rejects(perContact.decode(encoded, context), code('key_shredded'))
  assert.equal(decoded(await perContact.decode(other, workflow('campaign/t1/x'))), 'campaign')
})

test('sealing costs little beside everything else that a payload goes through', async () => {
  const context = workflow('flow/t1/a')
  const payload = payloadOf({ runId: 'x'.repeat(500) })
  const encoded = await codec.encode([payload], context)
  assert.ok(encoded[0]!.data!.length < payload.data!.length + 160)
})
