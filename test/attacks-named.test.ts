import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ROOT } from './support/tidy/source.ts'

/** The attacks of the catalogue, S01 to S75. */
const ATTACKS = Array.from({ length: 75 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`)

/** Attacks on what does not exist here, and the route or parameter by which one would see that it has come to exist. */
const NOTHING_TO_ATTACK: Readonly<Record<string, { because: string; unless: RegExp }>> = {
  S39: { because: 'no file of contacts is imported', unless: /\/import|text\/csv.*requestBody/i },
  S41: {
    because: 'no address of a file is signed: each is read behind a session or a key',
    unless: /signature=|x-amz-sig/i,
  },
  S54: { because: 'nobody signs in by another house', unless: /oauth|oidc|saml|\/callback/i },
  S71: { because: 'nothing is done for a member by a message of WhatsApp', unless: /action-tokens?/i },
  S72: {
    because: 'no model reads what contacts write, and no tool waits for one',
    unless: /\/(assistants?|models|completions)\b/i,
  },
}

const TITLES = globSync('{test,domain,infra,api,worker,activities,workflows,simulators,web/src}/**/*.test.ts', {
  cwd: ROOT,
})
  .filter((file) => !file.includes('node_modules'))
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join('\n')

test('every attack of the catalogue is tried by a test, or there is nothing to attack', () => {
  const untried = ATTACKS.filter((attack) => !TITLES.includes(`[${attack}]`))
  assert.deepEqual(untried, Object.keys(NOTHING_TO_ATTACK))
})

test('what there is nothing to attack in has not come to exist', () => {
  const routes = readFileSync(join(ROOT, 'test/api/openapi.snapshot.json'), 'utf8')
  for (const [attack, { because, unless }] of Object.entries(NOTHING_TO_ATTACK)) {
    assert.doesNotMatch(routes, unless, `${attack}: ${because}, it said here; now it needs a test`)
  }
})
