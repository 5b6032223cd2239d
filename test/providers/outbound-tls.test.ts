import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, test } from 'node:test'
import tls, { type SecureVersion, type TLSSocket } from 'node:tls'
import { createGuardedFetch } from '#infra/http/guarded-fetch.ts'
import { logOldTls } from '#infra/http/outbound-tls.ts'
import { createSmtpSender } from '#infra/mail/mail-sender.ts'
import { createWhatsAppClient } from '#infra/providers/whatsapp/client.ts'

const pem = (name: string) => readFileSync(join(import.meta.dirname, `../fixtures/tls/${name}.pem`), 'utf8')
const own = { cert: pem('one'), key: pem('one-key') }

/** A receiver that knows TLS from one version to another; it answers with what was spoken. Old ones need weak ciphers. */
async function receiver(minVersion: SecureVersion, maxVersion: SecureVersion): Promise<string> {
  const server = createServer(
    { ...own, minVersion, maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' },
    (request, response) => {
      const protocol = (request.socket as TLSSocket).getProtocol()
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ id: '1', protocol }))
    },
  )
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  after(() => server.close())
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

tls.setDefaultCACertificates([...tls.getCACertificates('default'), own.cert])
const modern = await receiver('TLSv1.2', 'TLSv1.3')
const middling = await receiver('TLSv1.2', 'TLSv1.2')
const old = await receiver('TLSv1', 'TLSv1.1')

// As somebody might set it for the whole process, with a flag of Node.
const defaults = { DEFAULT_MIN_VERSION: tls.DEFAULT_MIN_VERSION, DEFAULT_MAX_VERSION: tls.DEFAULT_MAX_VERSION }
Object.assign(tls, { DEFAULT_MIN_VERSION: 'TLSv1', DEFAULT_MAX_VERSION: 'TLSv1.2' })
const logged: Record<string, unknown>[] = []
let nowMs = 1_000
const stop = logOldTls({ warn: (fields, message) => void logged.push({ ...fields, message }) }, () => nowMs)
after(() => {
  stop()
  Object.assign(tls, defaults)
})

const graphOf = (baseUrl: string) => createWhatsAppClient({ baseUrl, version: 'v25.0', accessToken: 'token' })

test('[SEC-07] webhooks and calls of flows speak TLS 1.3 with who has it, 1.2 with who has not, nothing older', async () => {
  const { fetch } = createGuardedFetch({ allowOrigins: [modern, middling, old] })
  const spoken: (string | undefined)[] = []
  for (const origin of [modern, middling, old]) {
    const answer = await fetch(`${origin}/orders?secret=1`)
    spoken.push(answer.kind === 'response' ? JSON.parse(answer.body.toString()).protocol : answer.kind)
  }
  assert.deepEqual(spoken, ['TLSv1.3', 'TLSv1.2', 'failed'])
})

test('[SEC-07] so does what is asked of the provider', async () => {
  await assert.doesNotReject(graphOf(modern).getPhoneNumber('1'))
  await assert.doesNotReject(graphOf(middling).getPhoneNumber('1'))
  await assert.rejects(graphOf(old).getPhoneNumber('1'), /protocol_version|econn|ssl/i)
})

test('[SEC-07] mail is not handed to a server that has only older ones', async () => {
  const mail = createSmtpSender({ url: old.replace('https', 'smtps'), from: 'a@b.test' })
  await assert.rejects(mail.send({ to: 'c@d.test', subject: 's', text: 't' }), /protocol version|alert|SSL/i)
  mail.close()
})

test('[SEC-07] who has no TLS 1.3 is said in the log, by host alone, once an hour', async () => {
  const host = new URL(middling).host
  assert.deepEqual(logged, [{ host, protocol: 'TLSv1.2', message: 'this receiver has no TLS 1.3' }])
  nowMs += 3_600_001
  const { fetch } = createGuardedFetch({ allowOrigins: [middling] })
  for (const _ of [1, 2]) await fetch(`${middling}/again`)
  assert.equal(logged.length, 2)
})
