import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { newWebhookSecret } from './secrets.ts'
import { signedHeaders } from './signature.ts'

type Receiver = {
  isFromHoldfast: (secret: string, headers: Record<string, string>, rawBody: string, nowMs: number) => boolean
}

test('[S49] [S46] the receiver that the docs show believes us, and nobody else, nothing changed and nothing old', async (t) => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/webhooks.md'), 'utf8')
  const [, code] = /```js\n([\s\S]+?)```/.exec(page)!
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-receiver-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'receiver.mjs')
  writeFileSync(file, code!)
  const { isFromHoldfast } = (await import(pathToFileURL(file).href)) as Receiver
  const [older, newer] = [newWebhookSecret(), newWebhookSecret()]
  const body = '{"type":"conversation.closed","data":{"reason":"gelöst"}}'
  const nowMs = 1_750_000_000_000
  const headers = signedHeaders({ messageId: 'm1', type: 'x', body, atMs: nowMs, secrets: [newer, older] })
  assert.equal(isFromHoldfast(newer, headers, body, nowMs), true)
  assert.equal(isFromHoldfast(older, headers, body, nowMs + 299_000), true)
  assert.equal(isFromHoldfast(newWebhookSecret(), headers, body, nowMs), false)
  assert.equal(isFromHoldfast(newer, headers, `${body} `, nowMs), false)
  assert.equal(isFromHoldfast(newer, { ...headers, 'webhook-id': 'm2' }, body, nowMs), false)
  assert.equal(isFromHoldfast(newer, headers, body, nowMs + 301_000), false)
  assert.equal(isFromHoldfast(newer, { ...headers, 'webhook-timestamp': 'x' }, body, nowMs), false)
})
