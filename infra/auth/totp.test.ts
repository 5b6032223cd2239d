import assert from 'node:assert/strict'
import { test } from 'node:test'
import { base32, totpCode, totpStep, totpStepOf, totpUri } from './totp.ts'

const SECRET = Buffer.from('12345678901234567890')

test('[SEC-08] codes are those of the table in RFC 6238, appendix B', () => {
  const table: [number, string][] = [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ]
  for (const [seconds, code] of table) assert.equal(totpCode(SECRET, totpStep(seconds * 1_000)), code)
})

test('a code is good one step before and after its own, and no longer', () => {
  const nowMs = 1_111_111_111_000
  const step = totpStep(nowMs)
  for (const offset of [-1, 0, 1]) {
    assert.equal(totpStepOf(SECRET, { code: totpCode(SECRET, step + offset), nowMs }), step + offset)
  }
  for (const offset of [-2, 2]) {
    assert.equal(totpStepOf(SECRET, { code: totpCode(SECRET, step + offset), nowMs }), undefined)
  }
})

test('secrets are written in base 32, and names in the address are escaped', () => {
  assert.equal(base32(SECRET), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  assert.equal(
    totpUri({ issuer: 'Holdfast', account: 'a b@c.test', secret: 'GEZA' }),
    'otpauth://totp/Holdfast:a%20b%40c.test?secret=GEZA&issuer=Holdfast&digits=6&period=30',
  )
})
