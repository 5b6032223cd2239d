import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, REDACTED_KEYS } from './log.ts'

function capture() {
  const lines: string[] = []
  const log = createLogger({ name: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } })
  return { log, lines }
}

test('no key of the redaction list reaches the log, at any depth up to four', () => {
  const { log, lines } = capture()
  for (const key of REDACTED_KEYS) {
    const canary = `canary-${key}`
    log.info({ [key]: canary, a: { [key]: canary, b: { [key]: canary, c: { [key]: canary } } } }, 'said')
  }
  assert.equal(lines.length, REDACTED_KEYS.length)
  for (const line of lines) assert.doesNotMatch(line, /canary/)
})

test('the password in an address that an error quotes is left out', () => {
  const { log, lines } = capture()
  log.error({ err: new Error('cannot reach postgres://app:hunter2@127.0.0.1:5432/x') }, 'failed')
  assert.match(lines[0]!, /postgres:\/\/\[redacted\]@127\.0\.0\.1/)
  assert.doesNotMatch(lines[0]!, /hunter2/)
})

test('an error keeps its code and loses the row that a driver attached', () => {
  const { log, lines } = capture()
  const error = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (phone)=(+49170) exists' })
  log.error({ err: error }, 'failed')
  assert.match(lines[0]!, /"code":"23505"/)
  assert.doesNotMatch(lines[0]!, /\+49170/)
})
