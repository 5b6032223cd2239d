import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createAuth } from '#infra/auth/auth.ts'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { freshDatabase } from '../support/postgres.ts'

const database = await freshDatabase()
after(() => database.drop())

const start = () =>
  createAuth({
    url: database.urls.auth,
    secret: 'b1946ac92492d2347c6235b4d2611184',
    keyRing: new KeyRing([generateRootKey('test')]),
    origins: ['http://holdfast.test'],
    secureCookies: true,
    sendReset: async () => undefined,
    onError: () => undefined,
  })

test('processes that start at once make the tables of sign-in once, and a later start finds them', async () => {
  const caller = { headers: new Headers(), address: '203.0.113.7' }
  const first = await Promise.all([start(), start(), start()])
  const signedUp = await first[0]!.signUp({ name: 'A', email: 'a@house.test', password: 'correct horse' }, caller)
  assert.match(signedUp.cookies[0]!, /^__Secure-holdfast\.session_token=.*; Secure; SameSite=Lax$/)
  await Promise.all(first.map((auth) => auth.close()))

  const later = await start()
  const signedIn = await later.signIn({ email: 'A@house.test', password: 'correct horse' }, caller)
  const cookie = signedIn.cookies[0]!.split(';')[0]!
  const session = await later.sessions.read(new Headers({ cookie: `other=1; ${cookie}` }))
  assert.equal(session?.personId, signedUp.personId)
  await later.close()
})
