import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { settingsTable } from '#infra/env.ts'

const ROOT = join(import.meta.dirname, '..')
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')

test('the table of settings in the README is the one that the house reads', () => {
  const shown = /<!-- settings -->\n([\s\S]*?)<!-- \/settings -->/.exec(readme)?.[1]?.trim()
  assert.equal(shown, settingsTable().trim())
})

test('every picture and page that the README names is there', () => {
  const names = [...readme.matchAll(/\]\(((?!https?:)[^)#]+)\)/g)].map(([, name]) => name!)
  assert.ok(names.length > 5)
  assert.deepEqual(
    names.filter((name) => !existsSync(join(ROOT, name))),
    [],
  )
})
