import assert from 'node:assert/strict'
import { test } from 'node:test'
import { audit as auditWords } from '../../web/src/lib/i18n/en/audit.ts'
import { platform as platformWords } from '../../web/src/lib/i18n/en/platform.ts'
import type { Operation } from './contract.ts'
import { RECIPES } from './write-recipes.ts'
import { named, openWalk } from './write-walk.ts'

/** What is asked with a method that changes something and leaves no line, each for its reason. */
const NOT_WRITTEN: Record<string, string> = {
  'POST /auth/password/forgot': 'nobody has shown who they are; the reset itself is written',
  'POST /auth/second-factor/passkey-options': 'a question for an authenticator',
  'POST /auth/passkey/options': 'a question for an authenticator',
  'POST /auth/confirm/options': 'a question for an authenticator',
  'POST /auth/second-factors/totp': 'holds only once it is confirmed, which is written',
  'POST /auth/second-factors/passkeys/options': 'a question for an authenticator',
  'PATCH /me': 'how somebody likes the app, and whether they are there',
  'PUT /me/tenant': 'where somebody looks; what they do there is written',
  'POST /invitations/open': 'reads',
  'PUT /notifications/settings': 'how somebody likes to be told',
  'POST /notifications/push-subscriptions': 'how somebody likes to be told',
  'DELETE /notifications/push-subscriptions': 'how somebody likes to be told',
  'POST /notifications/{id}/read': 'what somebody has seen',
  'POST /notifications/read': 'what somebody has seen',
  'POST /conversations/{id}/read': 'what has been seen',
  'POST /conversations/{id}/typing': 'a moment',
  'POST /conversations/{id}/messages': 'the message is kept with who wrote it, and cannot be changed',
  'POST /channels/{id}/test': 'asks the provider and changes nothing',
  'POST /flows/{id}/validate': 'reads',
}

const { house, writes, ready } = await openWalk()

type Line = { action: string; platform: boolean }
const lines = () =>
  house.admin<Line & { id: string }>(`
    select id, action, false as platform from audit_log union all select id, action, true from platform.audit_log`)

/** Asks once, with success. @returns the lines that this has written. */
async function ask(operation: Operation): Promise<Line[]> {
  const go = await ready(operation)
  const known = new Set((await lines()).map(({ id }) => id))
  const { response, text } = await go()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  return (await lines()).filter(({ id }) => !known.has(id))
}

/** What is wrong with the lines that an operation has left. */
function faults(operation: Operation, written: readonly Line[]): string[] {
  const name = named(operation)
  const inTenant = written.filter((line) => !line.platform).length
  const ofPlatform = written.length - inTenant
  const told = written.map(({ action }) => action).join() || 'no line'
  const unread = written.filter((line) => {
    const words: object = line.platform ? { ...auditWords, ...platformWords } : auditWords
    return !Object.hasOwn(words, `action_${line.action.replaceAll('.', '_')}`)
  })
  const nameless = unread.map(({ action }) => `${name}: nobody can read ${action}`)
  if (NOT_WRITTEN[name] !== undefined) {
    return written.length === 0 ? [] : [`${name} leaves ${told}: take it out of the list`]
  }
  const isRight = operation.access === 'platform' ? ofPlatform === 1 && inTenant <= 1 : inTenant === 1
  return isRight ? nameless : [`${name}: ${told}`, ...nameless]
}

test('[SEC-14] [SEC-09] whatever is changed through the API stands in a log, in one line, under a name that people can read', async () => {
  const wrong: string[] = []
  for (const operation of writes) {
    const found = await ask(operation).then(
      (written) => faults(operation, written),
      (error: Error) => [`${named(operation)} was not done: ${error.message}`],
    )
    wrong.push(...found)
  }
  assert.deepEqual(wrong, [])
})

test('[SEC-14] what is said to leave no line is there', () => {
  const known = new Set(writes.map(named))
  const gone = [...Object.keys(NOT_WRITTEN), ...Object.keys(RECIPES)].filter((name) => !known.has(name))
  assert.deepEqual(gone, [])
})
