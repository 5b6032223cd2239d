import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  givenSettings,
  readEnv,
  requireSettings,
  SETTINGS,
  SettingsError,
  settingsTable,
  settingsToEnv,
} from './env.ts'

test('an empty environment is a usable one: the defaults hold', () => {
  const env = readEnv({})
  assert.equal(env.appPort, 4700)
  assert.equal(env.temporalNamespace, 'holdfast')
  assert.equal(env.demo, true)
  assert.deepEqual(env.trustedProxies, [])
  assert.deepEqual(readEnv({ HOLDFAST_TRUSTED_PROXIES: '127.0.0.1, ::1/128' }).trustedProxies, ['127.0.0.1', '::1/128'])
  assert.equal(env.databaseUrl, undefined)
})

test('an empty value counts as not set', () => {
  assert.equal(readEnv({ HOLDFAST_APP_PORT: ' ' }).appPort, 4700)
  assert.deepEqual([...givenSettings({ HOLDFAST_APP_PORT: '', HOLDFAST_DEMO: 'off' })], ['demo'])
})

test('every wrong setting is named at once, with what it must be', () => {
  assert.throws(
    () => readEnv({ HOLDFAST_APP_PORT: 'abc', HOLDFAST_LOG_LEVEL: 'loud', TEMPORAL_ADDRESS: 'http://x' }),
    (error: Error) => {
      assert.ok(error instanceof SettingsError)
      assert.match(error.message, /HOLDFAST_APP_PORT is "abc"\. It must be a port number/)
      assert.match(error.message, /HOLDFAST_LOG_LEVEL is "loud"\. It must be one of trace/)
      assert.match(error.message, /TEMPORAL_ADDRESS is "http:\/\/x"/)
      return true
    },
  )
})

test('a wrong secret is named, and never shown', () => {
  assert.throws(
    () => readEnv({ HOLDFAST_ROOT_KEY: 'c2hvcnQgYnV0IHNlY3JldA==' }),
    (error: Error) => /HOLDFAST_ROOT_KEY/.test(error.message) && !error.message.includes('c2hvcnQ'),
  )
})

test('[F50] the root key may be several, the current one first, so that it can be changed', () => {
  const key = (byte: number) => Buffer.alloc(32, byte).toString('base64')
  const read = (text: string) => readEnv({ HOLDFAST_ROOT_KEY: text }).rootKey
  assert.equal(read(key(1)), key(1))
  assert.equal(read(`k2:${key(2)},root:${key(1)}`), `k2:${key(2)},root:${key(1)}`)
  for (const wrong of [`k2:${key(2)},${key(1)}`, `k2:${key(2)},k2:${key(1)}`, `K 2:${key(2)}`, 'k2:c2hvcnQ=', ',']) {
    assert.throws(() => read(wrong), SettingsError, wrong)
  }
})

test('a missing setting that a process needs names itself', () => {
  assert.throws(() => requireSettings(readEnv({}), 'databaseAppUrl'), /HOLDFAST_DATABASE_APP_URL is not set/)
  const url = 'postgres://a:b@127.0.0.1:1/c'
  assert.equal(requireSettings(readEnv({ HOLDFAST_DATABASE_APP_URL: url }), 'databaseAppUrl').databaseAppUrl, url)
})

test('what start hands to a child is what the child reads', () => {
  const handed = settingsToEnv({ appPort: 1234, demo: false, publicUrl: 'http://localhost:1234/' })
  assert.deepEqual(handed, {
    HOLDFAST_APP_PORT: '1234',
    HOLDFAST_DEMO: 'off',
    HOLDFAST_PUBLIC_URL: 'http://localhost:1234/',
  })
  const env = readEnv(handed)
  assert.equal(env.demo, false)
  assert.equal(env.publicUrl, 'http://localhost:1234', 'a trailing slash would double in every link')
})

test('the table names every setting once', () => {
  const table = settingsTable()
  for (const { name } of Object.values(SETTINGS)) assert.equal(table.split(`| \`${name}\` |`).length, 2, name)
})
