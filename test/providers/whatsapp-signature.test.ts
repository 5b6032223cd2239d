import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { signBody, verifySignature } from '#infra/providers/whatsapp/signature.ts'

const SECRET = 'app_secret_123'
const raw = Buffer.from('{"text":"caf\\u00e9 https:\\/\\/x.test"}')
const good = signBody(raw, SECRET)

test('the published vector verifies', () => {
  const header = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
  const secret = "It's a Secret to Everybody"
  assert.ok(verifySignature({ raw: Buffer.from('Hello, World!'), header, appSecrets: [secret] }))
})

test('[S42] no, wrong, short, sha1 and doubled signatures are refused', () => {
  const sha1 = createHmac('sha1', SECRET).update(raw).digest('hex')
  const headers = [
    undefined,
    null,
    '',
    'sha256=',
    good.slice(0, -2),
    `${good}00`,
    good.slice('sha256='.length),
    `sha1=${sha1}`,
    `sha256=${sha1}`,
    `sha256=${'z'.repeat(64)}`,
    signBody(raw, 'another secret'),
    `${good}, ${good}`,
    `${good}\n`,
    ` ${good}`,
    [good, good],
    [good],
  ]
  for (const header of headers) {
    assert.equal(verifySignature({ raw, header, appSecrets: [SECRET] }), false, String(header))
  }
})

test('[S43] only the exact bytes pass: not written again, not with a mark, not packed', () => {
  assert.ok(verifySignature({ raw, header: good, appSecrets: [SECRET] }))
  const others = [
    Buffer.from(JSON.stringify(JSON.parse(raw.toString()))),
    Buffer.concat([Buffer.from('\ufeff'), raw]),
    Buffer.concat([raw, Buffer.from('\n')]),
    gzipSync(raw),
    Buffer.alloc(0),
  ]
  for (const other of others) assert.equal(verifySignature({ raw: other, header: good, appSecrets: [SECRET] }), false)
})

test('[S44] an unset or empty secret never opens, and two secrets overlap while one is replaced', () => {
  for (const appSecrets of [[], [''], ['   '], [undefined], ['', undefined]]) {
    assert.equal(verifySignature({ raw, header: good, appSecrets }), false)
    assert.equal(verifySignature({ raw, header: signBody(raw, ''), appSecrets }), false)
  }
  assert.ok(verifySignature({ raw, header: good, appSecrets: ['new secret', SECRET] }))
  assert.ok(verifySignature({ raw, header: good, appSecrets: [SECRET, '', undefined] }))
  assert.equal(verifySignature({ raw, header: good, appSecrets: ['new secret'] }), false)
})

const VECTORS = join(import.meta.dirname, '../../../shared/fixtures/signature-vectors.json')

test('the collected vectors verify', { skip: existsSync(VECTORS) ? false : 'absent: ../shared/fixtures' }, () => {
  type Vector = { scheme: string; secret: string; body: string; header: string }
  const vectors = JSON.parse(readFileSync(VECTORS, 'utf8')) as Vector[]
  const ours = vectors.filter(({ scheme }) => scheme === 'X-Hub-Signature-256')
  assert.ok(ours.length >= 2)
  for (const { secret, body, header } of ours) {
    assert.ok(verifySignature({ raw: Buffer.from(body), header, appSecrets: [secret] }))
    assert.equal(verifySignature({ raw: Buffer.from(`${body} `), header, appSecrets: [secret] }), false)
    if (!body.startsWith('{')) continue
    const again = Buffer.from(JSON.stringify(JSON.parse(body)))
    assert.equal(verifySignature({ raw: again, header, appSecrets: [secret] }), false)
  }
})
