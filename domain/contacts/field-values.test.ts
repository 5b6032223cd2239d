import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fitsField, mergeFieldValues } from './field-values.ts'

const field = (key: string, type: 'text' | 'number' | 'date' | 'choice' | 'checkbox', required = false) => ({
  key,
  type,
  required,
  options: type === 'choice' ? ['gold', 'silver'] : [],
})

test('[CONT-11] a value fits its field by type', () => {
  const cases = [
    ['text', 'anything', true],
    ['text', 5, false],
    ['number', 5.5, true],
    ['number', '5', false],
    ['number', Number.NaN, false],
    ['date', '2024-02-29', true],
    ['date', '2023-02-29', false],
    ['date', '2024-13-01', false],
    ['date', '29.02.2024', false],
    ['choice', 'gold', true],
    ['choice', 'bronze', false],
    ['checkbox', false, true],
    ['checkbox', 'false', false],
  ] as const
  for (const [type, value, fits] of cases) assert.equal(fitsField(field('x', type), value), fits, `${type} ${value}`)
})

test('[CONT-12] a required field refuses removal, and is asked for when a contact is made by hand', () => {
  const definitions = [field('tier', 'choice', true), field('note', 'text')]
  assert.deepEqual(mergeFieldValues(definitions, { tier: 'gold' }, { tier: null }, { complete: false }), {
    kind: 'refused',
    errors: [{ path: '/fields/tier', code: 'required', message: 'This field may not be empty.' }],
  })
  assert.equal(mergeFieldValues(definitions, {}, { note: 'a' }, { complete: true }).kind, 'refused')
  assert.equal(mergeFieldValues(definitions, {}, { note: 'a' }, { complete: false }).kind, 'merged')
})

test('only what differs counts as changed, and a field nobody defined is refused', () => {
  const definitions = [field('note', 'text'), field('age', 'number')]
  assert.deepEqual(
    mergeFieldValues(definitions, { note: 'a', age: 3 }, { note: 'a', age: null }, { complete: false }),
    {
      kind: 'merged',
      values: { note: 'a' },
      changed: ['age'],
    },
  )
  const refused = mergeFieldValues(definitions, {}, { ghost: 'boo' }, { complete: false })
  assert.equal(refused.kind === 'refused' && refused.errors[0]!.code, 'unknown_field')
})
