import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import jsonLogic from 'json-logic-js'
import { freshBudget } from './budget.ts'
import { checkCondition } from './check.ts'
import { evaluate, holds } from './evaluate.ts'
import type { Json } from './json.ts'
import { readPath } from './paths.ts'

const DATA: Json = {
  contact: { name: 'Zoë', age: 41, tags: ['vip', 'es'], fields: { city: 'Nairobi', constructor: 'own' }, email: null },
  vars: { total: 12.5, text: '42', items: [{ price: 3 }, { price: 9 }], empty: [] },
}

const run = (rule: Json): Json => evaluate(rule, DATA, freshBudget())

test('comparison is strict: a text is never a number, null equals null alone, nothing but numbers and texts has order', () => {
  const table: [Json, boolean][] = [
    [{ '==': [{ var: 'vars.text' }, '42'] }, true],
    [{ '==': [{ var: 'vars.text' }, 42] }, false],
    [{ '==': [{ var: 'contact.email' }, { var: 'nowhere' }] }, true],
    [{ '==': [1, true] }, false],
    [{ '==': [{ var: 'contact.tags' }, { var: 'contact.tags' }] }, false],
    [{ '<': [{ var: 'vars.text' }, 50] }, false],
    [{ '<': ['2026-01-09', '2026-01-10'] }, true],
    [{ '<': [null, 1] }, false],
    [{ '<=': [10, { var: 'vars.total' }, 15] }, true],
    [{ in: ['vip', { var: 'contact.tags' }] }, true],
    [{ in: ['air', { var: 'contact.fields.city' }] }, true],
    [{ text_equals: ['ZOE', { var: 'contact.name' }] }, true],
    [{ text_starts: [{ var: 'contact.fields.city' }, 'nai'] }, true],
    [{ is_empty: [{ var: 'vars.empty' }] }, true],
    [{ '==': [{ number: [{ var: 'vars.text' }] }, 42] }, true],
    [{ '==': [{ '/': [1, 0] }, null] }, true],
    [{ some: [{ var: 'vars.items' }, { '>': [{ var: 'price' }, 5] }] }, true],
    [{ all: [{ var: 'vars.items' }, { '>': [{ var: 'price' }, 5] }] }, false],
    [{ none: [{ var: 'vars.empty' }, true] }, true],
  ]
  for (const [rule, expected] of table) {
    assert.equal(holds(rule, DATA, freshBudget()), expected, JSON.stringify(rule))
    assert.deepEqual(checkCondition(rule).problems, [], JSON.stringify(rule))
  }
})

test('[S28] nothing inherited can be read, and Object.prototype is untouched', () => {
  const before = Object.getOwnPropertyNames(Object.prototype).sort()
  const poisoned = JSON.parse('{"__proto__": {"admin": true}, "a": {"constructor": {"constructor": 1}}}') as Json
  for (const path of [
    '__proto__',
    'constructor',
    'a.constructor.constructor',
    'toString',
    'a.__proto__',
    'prototype',
  ]) {
    assert.equal(readPath(poisoned, path), null, path)
  }
  assert.equal(run({ var: 'contact.fields.constructor' }), null)
  assert.equal(run({ var: 'contact.toString' }), null)
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), before)
})

test('[S23] what is no whitelisted operator is refused when it is saved and never evaluated', () => {
  const corpus: Json[] = [
    { log: 'x' },
    { constructor: ['return process'] },
    { method: ['a', 'toString'] },
    { 'var.constructor': 'x' },
    { reduce: [[1], { '+': [{ var: 'current' }, 1] }, 0] },
    { merge: [[1], [2]] },
    { regex: ['(a+)+$', 'aaaa'] },
    JSON.parse('{"__proto__": ["x"]}') as Json,
    { '==': [1, 1], '!=': [1, 2] },
    {},
  ]
  for (const rule of corpus) {
    assert.notDeepEqual(checkCondition(rule).problems, [], JSON.stringify(rule))
    if (Object.keys(rule as object).length === 1) assert.throws(() => run(rule), JSON.stringify(rule))
  }
  for (const path of ['constructor.constructor', '__proto__.x', 'a..b', '', 'a b', 'x'.repeat(300)]) {
    assert.equal(checkCondition({ '!!': [{ var: path }] }).problems[0]?.code, 'unsafe_path', path)
  }
  assert.equal(checkCondition({ '!!': [{ var: { cat: ['a', 'b'] } }] }).problems[0]?.code, 'unsafe_path')
})

test('[S24] deep, large and explosive rules are refused when they are saved and stopped when they run', () => {
  let deep: Json = 1
  for (let level = 0; level < 10_000; level += 1) deep = { '!': [deep] }
  assert.equal(checkCondition(deep).problems[0]?.code, 'too_deep')
  assert.throws(() => run(deep), { code: 'flow_budget_exceeded' })
  assert.equal(checkCondition({ in: [1, Array.from({ length: 1_000_000 }, () => 1)] }).problems[0]?.code, 'too_large')
  assert.equal(checkCondition({ '==': ['x'.repeat(100_000), 'y'] }).problems[0]?.code, 'too_large')

  const items = Array.from({ length: 200 }, (_, index) => index)
  const nested: Json = { map: [{ var: 'items' }, { map: [items, { map: [items, { '+': [{ var: '' }, 1] }] }] }] }
  assert.throws(() => evaluate(nested, { items }, freshBudget()), { code: 'flow_budget_exceeded' })
  const doubling = {
    cat: Array.from({ length: 20 }, () => ({ cat: Array.from({ length: 20 }, () => 'x'.repeat(100)) })),
  }
  assert.throws(() => run(doubling), { code: 'flow_budget_exceeded' })
})

/** Worst cases for what they cost: each must be charged in proportion to the time it takes. */
const LONG = 'a'.repeat(8_000)
const COSTLY: Record<string, Json> = {
  'a search that compares everything with everything': { in: [`aaaaaaaaaab${LONG.slice(4_000)}`, { var: 'long' }] },
  'the same, folded': { text_contains: [{ var: 'long' }, `aaaaaaaaaab${LONG.slice(4_000)}`] },
  'folding of long texts': { text_equals: [{ var: 'marks' }, { var: 'long' }] },
  'many paths at once': { missing: Array.from({ length: 20 }, () => Array(8).fill('x'.repeat(30)).join('.')) },
}

test('[S24] a full budget is spent within moments, whatever it is spent on', () => {
  const data = { long: LONG, marks: 'é ß Ａ'.repeat(1_600) }
  for (const [what, rule] of Object.entries(COSTLY)) {
    const budget = freshBudget()
    const { user, system } = process.threadCpuUsage()
    assert.throws(
      () => {
        for (;;) evaluate(rule, data, budget)
      },
      { code: 'flow_budget_exceeded' },
      what,
    )
    const tookMs = (process.threadCpuUsage().user + process.threadCpuUsage().system - user - system) / 1_000
    assert.ok(tookMs < 150, `${what}: ${tookMs} ms of the processor`)
  }
})

/** Rules on which loose and strict reading agree: same types on both sides, no nulls, arithmetic on numbers. */
const number = fc.integer({ min: -50, max: 50 })
const numeric: fc.Arbitrary<Json> = fc.letrec<{ numeric: Json }>((tie) => ({
  numeric: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    number,
    fc.constant({ var: 'n' }),
    fc
      .tuple(fc.constantFrom('+', '-', '*', 'min', 'max'), tie('numeric'), tie('numeric'))
      .map(([op, a, b]) => ({ [op]: [a, b] })),
    fc.tuple(tie('numeric'), tie('numeric')).map(([a, b]) => ({ if: [{ '>': [a, b] }, a, b] })),
  ),
})).numeric
const rule = fc.letrec<{ rule: Json }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(fc.constantFrom('==', '!=', '===', '<', '<=', '>', '>='), numeric, numeric)
      .map(([op, a, b]) => ({ [op]: [a, b] })),
    fc.tuple(fc.constantFrom('a', 'b', 'ab'), fc.constantFrom('ab', 'abc', 'x')).map(([a, b]) => ({ in: [a, b] })),
    fc
      .tuple(fc.constantFrom('some', 'all', 'none'), tie('rule'))
      .map(([op, inner]) => ({ [op]: [{ var: 'list' }, inner] })),
    fc.tuple(fc.constantFrom('and', 'or'), tie('rule'), tie('rule')).map(([op, a, b]) => ({ [op]: [a, b] })),
    tie('rule').map((inner) => ({ '!': [inner] })),
  ),
})).rule

test('on rules without loose comparison it agrees with json-logic-js', () => {
  fc.assert(
    fc.property(rule, number, fc.array(fc.record({ n: number }), { maxLength: 4 }), (given, n, list) => {
      const data = { n, list }
      // Inside a list the item is the data; `list` is missing there, which both read as no list.
      const expected: unknown = jsonLogic.apply(given as never, data)
      const actual = evaluate(given, data, { left: 1_000_000 })
      const finite = typeof expected === 'number' && !Number.isFinite(expected) ? null : expected
      assert.deepEqual(Object.is(actual, -0) ? 0 : actual, Object.is(finite, -0) ? 0 : finite)
    }),
    { numRuns: 500 },
  )
})

test('any JSON at all is checked and evaluated without anything but a named refusal', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (given, data) => {
      checkCondition(given)
      try {
        evaluate(given as Json, data as Json, freshBudget())
      } catch (error) {
        assert.match((error as { code: string }).code, /^flow_(error|budget_exceeded)$/)
      }
    }),
    { numRuns: 500 },
  )
})
