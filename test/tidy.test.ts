import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { arrows } from './support/tidy/arrows.ts'
import { banned, wireNames } from './support/tidy/banned.ts'
import { fileLength, fileName, functionLength } from './support/tidy/sizes.ts'
import { codeFiles, type Finding, proseFiles, ROOT, type Rule, sourceOf } from './support/tidy/source.ts'
import { words } from './support/tidy/words.ts'

const CODE_RULES: Readonly<Record<string, Rule>> = {
  'imports follow the arrows': arrows,
  'files are short': fileLength,
  'functions are short': functionLength,
  'files are named in kebab-case': fileName,
  'what is banned has a replacement': banned,
  'a message is called on the wire as in the code': wireNames,
}
const code = codeFiles()

function assertNone(findings: Finding[]): void {
  const list = findings.map(({ path, line, message }) => `  ${path}:${line} ${message}`)
  assert.equal(findings.length, 0, `\n${list.join('\n')}`)
}

describe('the house is tidy', () => {
  for (const [title, rule] of Object.entries(CODE_RULES)) test(title, () => assertNone(code.flatMap(rule)))

  test('no file leaves an open end or names a machine', () => assertNone([...code, ...proseFiles()].flatMap(words)))

  test('every room has a README that says its law', () => {
    const rooms = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|build-web$|coverage$)/.test(entry.name))
      .filter((entry) => readdirSync(join(ROOT, entry.name)).some((name) => name !== 'node_modules'))
    const silent = rooms.filter((room) => !existsSync(join(ROOT, room.name, 'README.md'))).map((room) => room.name)
    assert.deepEqual(silent, [])
  })

  test('there is one copy of protobufjs: two of them cannot read each other', () => {
    const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as { packages: object }
    const copies = Object.keys(lock.packages).filter((path) => path.endsWith('node_modules/protobufjs'))
    assert.deepEqual(copies, ['node_modules/protobufjs'])
  })
})

/** A rule that never finds anything looks the same as a tidy house: each one is shown something it must find. */
const VIOLATIONS: readonly { rule: Rule; path: string; text: string; says: RegExp }[] = [
  {
    rule: arrows,
    path: 'domain/a.ts',
    text: `import { x } from '#infra/db/tx.ts'`,
    says: /domain must not import infra/,
  },
  { rule: arrows, path: 'domain/a.ts', text: `import fs from 'node:fs'`, says: /domain must not import node:fs/ },
  { rule: arrows, path: 'workflows/a/b.ts', text: `import { x } from '#activities/a.ts'`, says: /only types/ },
  {
    rule: arrows,
    path: 'workflows/a/b.ts',
    text: `import { lookup } from 'node:dns'`,
    says: /must not import node:dns/,
  },
  { rule: arrows, path: 'infra/a.ts', text: `import { Client } from '@temporalio/client'`, says: /infra must not/ },
  {
    rule: arrows,
    path: 'activities/a.ts',
    text: `import { x } from '../workflows/a/flow.ts'`,
    says: /must not import/,
  },
  { rule: arrows, path: 'web/src/a.ts', text: `import { x } from '#api/app.ts'`, says: /import type/ },
  { rule: arrows, path: 'web/src/a.ts', text: `import type { x } from '#infra/env.ts'`, says: /web must not/ },
  {
    rule: arrows,
    path: 'simulators/a/b.ts',
    text: `import type { x } from '#domain/a.ts'`,
    says: /simulators must not/,
  },
  { rule: arrows, path: 'temporal/task-queues.ts', text: `import { x } from './client.ts'`, says: /imports nothing/ },
  { rule: arrows, path: 'api/a.ts', text: `const x = await import('#activities/a.ts')`, says: /api must not/ },
  { rule: fileLength, path: 'workflows/a/b.ts', text: 'a\n'.repeat(151), says: /at most 150/ },
  { rule: functionLength, path: 'infra/a.ts', text: `function f() {\n${'x()\n'.repeat(70)}}`, says: /at most 70/ },
  { rule: fileName, path: 'infra/messageSender.ts', text: '', says: /kebab-case/ },
  {
    rule: wireNames,
    path: 'workflows/a/messages.ts',
    text: `export const pause = wf.defineSignal('halt')`,
    says: /halt/,
  },
  { rule: banned, path: 'infra/a.ts', text: 'enum A { B }', says: /as const/ },
  {
    rule: banned,
    path: 'infra/a.ts',
    text: 'class A { constructor(private b: string) {} }',
    says: /parameter property/,
  },
  { rule: banned, path: 'infra/a.ts', text: 'const a = b as any', says: /hides a fault/ },
  { rule: banned, path: 'infra/a.ts', text: `export * from './b.ts'`, says: /name it/ },
  { rule: banned, path: 'infra/a.ts', text: 'export default 1', says: /default/ },
  { rule: banned, path: 'infra/a.ts', text: 'export default function a() {}', says: /default/ },
  { rule: banned, path: 'api/a.ts', text: 'const a = process.env.HOME', says: /infra\/env\.ts/ },
  { rule: banned, path: 'domain/a.ts', text: 'const a = Date.now()', says: /nowMs/ },
  { rule: banned, path: 'domain/a.ts', text: 'const a = new Date()', says: /nowMs/ },
  { rule: banned, path: 'domain/a.ts', text: 'const a = Math.random()', says: /chance/ },
  { rule: banned, path: 'worker/a.ts', text: `console.log('x')`, says: /logger/ },
  {
    rule: banned,
    path: 'test/a.test.ts',
    text: 'await new Promise((r) => setTimeout(r, 50))',
    says: /await the condition/,
  },
  { rule: banned, path: 'test/a.test.ts', text: `test.only('x', () => {})`, says: /leaves/ },
  { rule: banned, path: 'web/src/a.svelte', text: '{@html text}', says: /markup/ },
  { rule: words, path: 'infra/a.ts', text: `// ${['TO', 'DO'].join('')}: later`, says: /open ends/ },
  { rule: words, path: 'infra/a.ts', text: `const a = '${['/ro', 'ot/x'].join('')}'`, says: /one machine/ },
]

describe('the rules can fail', () => {
  for (const { rule, path, text, says } of VIOLATIONS) {
    test(`${rule.name} sees ${text.slice(0, 48).replaceAll('\n', ' ')}`, () => {
      const findings = rule(sourceOf(path, text))
      assert.equal(findings.length, 1, JSON.stringify(findings))
      assert.match(findings[0]!.message, says)
    })
  }

  test('what is allowed passes', () => {
    const allowed: [string, string][] = [
      ['workflows/a/b.ts', `import type { A } from '#activities/a.ts'`],
      ['api/a.ts', `import { pause } from '#workflows/campaigns/messages.ts'`],
      ['web/src/a.ts', `import type { A } from '#api/app.ts'`],
      ['domain/a.ts', 'export const a = new Date(nowMs)'],
      ['test/a.test.ts', 'const timer = setTimeout(() => fail(), 1_000)'],
    ]
    for (const [path, text] of allowed) {
      for (const rule of Object.values(CODE_RULES)) assert.deepEqual(rule(sourceOf(path, text)), [])
    }
  })
})
