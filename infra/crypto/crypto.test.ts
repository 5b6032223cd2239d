import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError, type ErrorCode } from '#domain/errors.ts'
import { openEnvelope, parseEnvelope, sealEnvelope } from './envelope.ts'
import { decryptField, encryptField, fieldNeedsRotation } from './field.ts'
import { formatRootKeys, generateRootKey, KeyRing, keyRingFrom, parseRootKeys } from './keyring.ts'
import { createSubjectKey, loadSubjectKey, type SubjectKeyStore } from './subject-keys.ts'

const root = generateRootKey('k1')
const keyRing = new KeyRing([root])
const code = (expected: ErrorCode) => (error: unknown) => error instanceof DomainError && error.code === expected
const id = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' }).filter((text) => Buffer.byteLength(text) <= 255)
const bytes = fc.uint8Array({ maxLength: 2_000 })

test('what is sealed opens again, whatever it says and wherever it belongs', () => {
  fc.assert(
    fc.property(bytes, id, fc.option(id, { nil: undefined }), fc.string(), fc.boolean(), (...args) => {
      const [plaintext, tenantId, subjectKeyId, binding, carryBinding] = args
      const key = keyRing.tenantKey({ purpose: 'payload', tenantId })
      const header = { keyId: 'k1', tenantId, subjectKeyId }
      const parsed = parseEnvelope(sealEnvelope({ header, key, binding, carryBinding, plaintext }))
      assert.equal(parsed.header.tenantId, tenantId)
      assert.equal(parsed.header.subjectKeyId, subjectKeyId)
      assert.equal(parsed.binding, carryBinding ? binding : undefined)
      assert.deepEqual(new Uint8Array(openEnvelope(parsed, { key, binding })), plaintext)
    }),
  )
})

test('[S67] one flipped bit anywhere in an envelope is refused', () => {
  const key = keyRing.tenantKey({ purpose: 'payload', tenantId: 't1' })
  const seal = (carryBinding: boolean, plaintext: Uint8Array) =>
    sealEnvelope({ header: { keyId: 'k1', tenantId: 't1' }, key, binding: 'here', carryBinding, plaintext })
  fc.assert(
    fc.property(bytes, fc.boolean(), fc.nat(), fc.integer({ min: 0, max: 7 }), (plaintext, carried, at, bit) => {
      const sealed = seal(carried, plaintext)
      const index = at % sealed.length
      sealed[index] = sealed[index]! ^ (1 << bit)
      assert.throws(() => openEnvelope(parseEnvelope(sealed), { key, binding: 'here' }), code('ciphertext_invalid'))
    }),
    { numRuns: 500 },
  )
})

test('[S67] a cut, lengthened or invented envelope is refused and never crashes the reader', () => {
  const key = keyRing.tenantKey({ purpose: 'payload', tenantId: 't1' })
  const header = { keyId: 'k1', tenantId: 't1' }
  const sealed = sealEnvelope({ header, key, binding: 'b', carryBinding: true, plaintext: Buffer.from('hello') })
  const open = (envelope: Uint8Array) => openEnvelope(parseEnvelope(envelope), { key, binding: 'b' })
  for (let size = 0; size < sealed.length; size += 1) {
    assert.throws(() => open(sealed.subarray(0, size)), code('ciphertext_invalid'), `cut to ${size}`)
  }
  assert.throws(() => open(Buffer.concat([sealed, Uint8Array.of(0)])), code('ciphertext_invalid'))
  fc.assert(fc.property(bytes, (junk) => assert.throws(() => open(junk), code('ciphertext_invalid'))))
})

test('an envelope does not open in another place, for another tenant or under another purpose', () => {
  const place = { table: 'channels', column: 'access_token', tenantId: 't1', rowId: 'r1' }
  const sealed = encryptField(keyRing, place, 'EAAG-secret')
  assert.equal(decryptField(keyRing, place, sealed), 'EAAG-secret')
  assert.ok(!Buffer.from(sealed).includes('EAAG-secret'))
  for (const other of [{ table: 'x' }, { column: 'x' }, { tenantId: 't2' }, { rowId: 'r2' }]) {
    assert.throws(() => decryptField(keyRing, { ...place, ...other }, sealed), code('ciphertext_invalid'))
  }
  const asPayload = { key: keyRing.tenantKey({ purpose: 'payload', tenantId: 't1' }), binding: 'x' }
  assert.throws(() => openEnvelope(parseEnvelope(sealed), asPayload), code('ciphertext_invalid'))
})

test('the same secret is never written the same way twice', () => {
  const place = { table: 'channels', column: 'access_token', tenantId: 't1' }
  const written = new Set(
    Array.from({ length: 200 }, () => Buffer.from(encryptField(keyRing, place, 'same')).toString('hex')),
  )
  assert.equal(written.size, 200)
})

test('after a rotation old secrets open, new ones use the new key, and a dropped key is key_missing', () => {
  const place = { table: 'channels', column: 'access_token', tenantId: 't1' }
  const old = encryptField(keyRing, place, 'kept')
  const fresh = generateRootKey('k2')
  const rotated = new KeyRing([fresh, root])
  assert.equal(decryptField(rotated, place, old), 'kept')
  assert.equal(fieldNeedsRotation(rotated, old), true)
  assert.equal(fieldNeedsRotation(rotated, encryptField(rotated, place, 'kept')), false)
  assert.throws(() => decryptField(new KeyRing([fresh]), place, old), code('key_missing'))
})

test('a wrong root key under the right id is refused', () => {
  const place = { table: 'channels', column: 'access_token', tenantId: 't1' }
  const impostor = new KeyRing([generateRootKey('k1')])
  assert.throws(() => decryptField(impostor, place, encryptField(keyRing, place, 'x')), code('ciphertext_invalid'))
})

test('root keys survive being written as one line, and bad ones are refused without being repeated', () => {
  const roots = [generateRootKey('k2'), root]
  assert.deepEqual(
    parseRootKeys(formatRootKeys(roots)).map((key) => [key.id, Buffer.from(key.bytes).toString('hex')]),
    roots.map((key) => [key.id, Buffer.from(key.bytes).toString('hex')]),
  )
  const [bare] = parseRootKeys(Buffer.from(root.bytes).toString('base64'))
  assert.deepEqual([bare?.id, Buffer.from(bare!.bytes)], ['root', Buffer.from(root.bytes)])
  assert.throws(() => new KeyRing([]), code('key_missing'))
  assert.throws(() => new KeyRing(parseRootKeys('k1:c2hvcnQ=')), code('key_missing'))
  assert.throws(() => new KeyRing([root, root]), code('key_missing'))
  assert.throws(
    () => parseRootKeys('supersecret,another'),
    (error: Error) => !error.message.includes('supersecret'),
  )
  assert.equal(JSON.stringify({ keyRing }), '{"keyRing":{"currentKeyId":"k1"}}')
})

test('the key of a contact opens for its tenant only, and is told apart from an erased and an unknown one', async () => {
  const wrapped = createSubjectKey(keyRing, { tenantId: 't1', subjectKeyId: 's1' })
  const answering = (answer: Awaited<ReturnType<SubjectKeyStore['find']>>) => ({
    keyRing,
    subjectKeys: { find: async () => answer },
  })
  const owner = { tenantId: 't1', subjectKeyId: 's1' }
  const key = await loadSubjectKey(answering(wrapped), owner)
  assert.ok(key.equals(await loadSubjectKey(answering(wrapped), owner)))
  await assert.rejects(loadSubjectKey(answering('shredded'), owner), code('key_shredded'))
  await assert.rejects(loadSubjectKey(answering(undefined), owner), code('key_missing'))
  await assert.rejects(loadSubjectKey(answering(wrapped), { ...owner, tenantId: 't2' }), code('ciphertext_invalid'))
  await assert.rejects(loadSubjectKey(answering(wrapped), { ...owner, subjectKeyId: 's2' }), code('ciphertext_invalid'))
})

test('[F50] after a change of the root key, what the only key sealed before is read, and the new key seals', () => {
  const [oldKey, newKey] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64'))
  const before = keyRingFrom(oldKey!)
  const rotated = keyRingFrom(`k2:${newKey},root:${oldKey}`)
  const place = { table: 'channels', column: 'access_token', tenantId: 't1' }
  const sealed = encryptField(before, place, 'a token')
  assert.equal(decryptField(rotated, place, sealed), 'a token')
  assert.equal(rotated.currentKeyId, 'k2')
  const resealed = encryptField(rotated, place, 'a token')
  assert.equal(decryptField(keyRingFrom(`k2:${newKey}`), place, resealed), 'a token')
  assert.throws(() => decryptField(before, place, resealed), code('key_missing'))
})
