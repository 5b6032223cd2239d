import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import ts from 'typescript'
import { nodesOf, ROOT, type Source, sourceOf } from './support/tidy/source.ts'

/** Enough to tell what grows with the third power or worse; a square of the longest message (4,096) takes no harm. */
const TEXT_CHARS = 1_024
const LONGEST_MS = 100

/** Texts by which patterns that look back again and again give themselves away: much of the same, and an end that fits nothing. */
const PUMPS = [
  'a',
  '0',
  ' ',
  '\t',
  '\n',
  '-',
  '.',
  '/',
  '\\',
  '"',
  "'",
  ':',
  '@',
  ',',
  '=',
  '_',
  '{',
  '{{',
  '<',
  '(',
  '*',
]
const MIXED = [
  'ab',
  'a ',
  ' a',
  'a-',
  'a.',
  '1 ',
  '1.',
  '1:',
  '\\"',
  '"a',
  'a/',
  '://',
  'a@',
  'a,',
  '\r\n',
  'aA',
  'é',
  '\u202E',
]

const subjects = (chars: number): string[] =>
  [...PUMPS, ...MIXED].flatMap((pump) => {
    const text = pump.repeat(Math.ceil(chars / pump.length)).slice(0, chars)
    return [text, `${text}\u0000`, `!${text}!`, `https://${text}\u0000`, `{{${text}`]
  })

const OURS = '{domain,infra,api,activities,worker,workflows,temporal}/**/*.ts'

type Pattern = { place: string; pattern: RegExp }

function patternsOf(sources: readonly Source[]): Pattern[] {
  return sources.flatMap((source) => {
    if (source.tree === undefined) return []
    const literals = [...nodesOf(source.tree)].filter((node) => ts.isRegularExpressionLiteral(node))
    return literals.map((node) => {
      const [, body = '', flags = ''] = /^\/(.*)\/([a-z]*)$/s.exec(node.getText()) ?? []
      return { place: `${source.path}: ${node.getText()}`, pattern: new RegExp(body, flags.replace(/[gy]/g, '')) }
    })
  })
}

function slow(patterns: readonly Pattern[], chars = TEXT_CHARS): string[] {
  const texts = subjects(chars)
  return patterns.flatMap(({ place, pattern }) => {
    for (const text of texts) {
      // What other processes take of the machine is no fault of a pattern.
      const began = process.cpuUsage()
      pattern.test(text)
      const tookMs = process.cpuUsage(began).user / 1_000
      if (tookMs > LONGEST_MS) return [`${place} took ${Math.round(tookMs)} ms`]
    }
    return []
  })
}

test('[S25] no pattern of ours takes long over any text that somebody may write', () => {
  const files = globSync(OURS, { cwd: ROOT }).filter((path) => !path.endsWith('.test.ts'))
  const patterns = patternsOf(files.map((path) => sourceOf(path, readFileSync(join(ROOT, path), 'utf8'))))
  assert.ok(patterns.length > 100, `${patterns.length} patterns`)
  assert.deepEqual(slow(patterns), [])
})

test('[S25] … and one that would is found', () => {
  const bad = [{ place: 'here', pattern: /^(a+)+$/ }]
  assert.equal(slow(bad, 26).length, 1)
})
