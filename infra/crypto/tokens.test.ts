import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DomainError } from '#domain/errors.ts'
import { generateRootKey, KeyRing } from './keyring.ts'
import * as tokens from './tokens.ts'

const root = generateRootKey('k1')
const keyRing = new KeyRing([root])
const scope = { use: 'contacts', tenantId: 't1' }

test('tokens are long, different, and stored only as a hash', () => {
  const made = new Set(Array.from({ length: 100 }, () => tokens.newToken('hf_')))
  assert.equal(made.size, 100)
  for (const token of made) assert.match(token, /^hf_[\w-]{43}$/)
  assert.equal(tokens.hashToken('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('secrets are equal only when they are the same', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (left, right) => {
      assert.equal(tokens.secretsEqual(left, right), Buffer.from(left).equals(Buffer.from(right)))
      assert.equal(tokens.secretsEqual(left, Buffer.from(left)), true)
    }),
  )
})

test('[S69] a cursor opens as it was made; edited, foreign or invented it is cursor_invalid', () => {
  const refused = (error: unknown) => error instanceof DomainError && error.code === 'cursor_invalid'
  const position = fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 5 })
  fc.assert(
    fc.property(position, fc.nat(), fc.constantFrom(...'AZaz09-_.'), (values, at, letter) => {
      const cursor = tokens.encodeCursor(keyRing, scope, values)
      assert.deepEqual(tokens.decodeCursor(keyRing, scope, cursor), values)
      assert.throws(() => tokens.decodeCursor(keyRing, { ...scope, tenantId: 't2' }, cursor), refused)
      assert.throws(() => tokens.decodeCursor(keyRing, { ...scope, use: 'flows' }, cursor), refused)
      const index = at % cursor.length
      const edited = cursor.slice(0, index) + letter + cursor.slice(index + 1)
      if (edited !== cursor) assert.throws(() => tokens.decodeCursor(keyRing, scope, edited), refused)
    }),
  )
  fc.assert(fc.property(fc.string(), (junk) => assert.throws(() => tokens.decodeCursor(keyRing, scope, junk), refused)))
  assert.throws(() => tokens.decodeCursor(keyRing, scope, 'a'.repeat(10_000)), refused)
})

test('a signed link ends at its instant and survives a rotation of the key', () => {
  const signed = tokens.signUntil(keyRing, scope, { value: 'media/1', expiresAtMs: 1_000 })
  const rotated = new KeyRing([generateRootKey('k2'), root])
  assert.equal(tokens.readSignedUntil(rotated, scope, { signed, nowMs: 999 }), 'media/1')
  assert.equal(tokens.readSignedUntil(rotated, scope, { signed, nowMs: 1_000 }), undefined)
  assert.equal(tokens.readSignedUntil(new KeyRing([generateRootKey('k1')]), scope, { signed, nowMs: 0 }), undefined)
  const plain = tokens.signValue(keyRing, { use: 'cursor:contacts', tenantId: 't1' }, '["x"]')
  assert.deepEqual(tokens.decodeCursor(keyRing, scope, plain), ['x'])
})
