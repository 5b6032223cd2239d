import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { after, test } from 'node:test'
import tls, { type TLSSocket } from 'node:tls'
import { createGuardedFetch } from '#infra/http/guarded-fetch.ts'

const pem = (name: string) => readFileSync(join(import.meta.dirname, `../fixtures/tls/${name}.pem`), 'utf8')
const [one, other] = ['one', 'other'].map((name) => ({ cert: pem(name), key: pem(`${name}-key`) }))
tls.setDefaultCACertificates([...tls.getCACertificates('default'), one!.cert])

// A server that shows the certificate `one` and lets nobody in who does not hold it too.
const server = createServer(
  { ...one!, ca: [one!.cert], requestCert: true, rejectUnauthorized: true },
  (request, response) => {
    response.end(String((request.socket as TLSSocket).getPeerCertificate().subject.CN))
  },
)
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as { port: number }
const origin = `https://127.0.0.1:${port}`
after(() => server.close())
const guarded = createGuardedFetch({ allowOrigins: [origin] })

test('[SEC-15] a receiver that asks for a client certificate gets the one of the subscription', async () => {
  const answer = await guarded.fetch(origin, { method: 'POST', body: '{}', tls: one! })
  assert.equal(answer.kind, 'response', JSON.stringify(answer))
  assert.equal(answer.kind === 'response' && answer.body.toString(), 'one')
})

test('[SEC-15] without a certificate, or with a strange one, it is not let in, and that is a failure and no crash', async () => {
  for (const request of [{}, { tls: other! }]) {
    const answer = await guarded.fetch(origin, { method: 'POST', body: '{}', ...request })
    assert.equal(answer.kind, 'failed', JSON.stringify(answer))
  }
})
