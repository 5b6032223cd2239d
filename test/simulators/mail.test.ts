import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import nodemailer from 'nodemailer'
import { type RunningMail, startMail } from '../../simulators/mail/server.ts'
import type { Loose } from './support.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'mail-'))
let mail: RunningMail
before(async () => {
  mail = await startMail({ port: 0, smtpPort: 0, dataDir })
})
after(async () => {
  await mail.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const api = async (path: string, init?: RequestInit): Promise<Loose> => (await fetch(`${mail.url}${path}`, init)).json()
const send = (message: Loose) => {
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: mail.smtpPort })
  return transport.sendMail({ from: 'Holder <no-reply@a.test>', text: 'hello', ...message })
}

test('mail is caught, parsed, and found by its recipient as soon as it comes', async () => {
  const waiting = api('/api/messages?to=ANA@b.test&wait=5000')
  await send({
    to: 'Ana <ana@b.test>',
    subject: 'Willkommen – schön',
    html: '<p>Hi <a href="http://127.0.0.1/join?a=1&amp;b=2">join</a></p>',
    attachments: [{ filename: 'a.txt', content: 'abc' }],
  })
  const { count, messages } = await waiting
  assert.equal(count, 1)
  assert.equal(messages[0].subject, 'Willkommen – schön')
  const found = await api(`/api/messages/${messages[0].id}`)
  assert.deepEqual(found.links, ['http://127.0.0.1/join?a=1&b=2'])
  assert.equal(found.text, 'hello\n')
  assert.deepEqual(found.attachments, [{ filename: 'a.txt', mimeType: 'text/plain', sizeBytes: 3 }])
  const html = await fetch(`${mail.url}/api/messages/${found.id}/html`)
  assert.match(html.headers.get('content-security-policy') ?? '', /default-src 'none'/)
})

test('a mailbox can refuse, or ask to come back', async () => {
  const fault = (body: Loose) => api('/api/faults', { method: 'POST', body: JSON.stringify(body) })
  await fault({ kind: 'reject', to: 'gone@b.test' })
  await assert.rejects(send({ to: 'gone@b.test' }), /550/)
  await fault({ kind: 'greylist' })
  await assert.rejects(send({ to: 'busy@b.test' }), /451/)
  await send({ to: 'busy@b.test' })
  assert.equal((await api('/api/messages?to=busy@b.test')).count, 1)
})

test('mail survives a restart and can be deleted', async () => {
  await send({ to: 'kept@b.test', subject: 'kept' })
  await mail.close()
  mail = await startMail({ port: 0, smtpPort: 0, dataDir })
  const { messages } = await api('/api/messages?to=kept@b.test')
  assert.equal(messages[0].subject, 'kept')
  assert.deepEqual(await api(`/api/messages/${messages[0].id}`, { method: 'DELETE' }), { deleted: 1 })
  assert.equal((await api('/api/messages?to=kept@b.test')).count, 0)
  await api('/api/messages', { method: 'DELETE' })
  assert.deepEqual(await api('/api/messages'), { count: 0, messages: [] })
})
