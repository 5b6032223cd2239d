import { expect, test } from 'vitest'
import type { DiagnosticCheck } from '#domain/diagnostics/schema.ts'
import { groupChecks } from './groups.ts'

const NAIROBI = { id: 'nairobi', name: 'Nairobi', displayPhone: '+254 20 1' }
const MOMBASA = { id: 'mombasa', name: 'Mombasa', displayPhone: '+254 41 1' }
const check = (
  key: DiagnosticCheck['key'],
  status: DiagnosticCheck['status'],
  channel: DiagnosticCheck['channel'] = null,
) => ({ key, status, channel }) as DiagnosticCheck

const CHECKS = [
  check('database', 'passed'),
  check('mail', 'skipped'),
  check('queues', 'warning'),
  check('credentials', 'passed', NAIROBI),
  check('round_trip', 'passed', NAIROBI),
  check('credentials', 'passed', MOMBASA),
  check('round_trip', 'failed', MOMBASA),
  check('errors', 'passed'),
]
const keysOf = (worstFirst: boolean) =>
  groupChecks(CHECKS, worstFirst).map(({ channel, checks }) => [channel?.id, ...checks.map(({ key }) => key)])

test('[ANLY-30] what failed stands first, then what needs a look, number by number', () => {
  expect(keysOf(true)).toEqual([
    ['mombasa', 'round_trip', 'credentials'],
    [undefined, 'queues', 'database', 'errors', 'mail'],
    ['nairobi', 'credentials', 'round_trip'],
  ])
})

test('while a run is under way no row leaves its place', () => {
  expect(keysOf(false)).toEqual([
    [undefined, 'database', 'mail', 'queues', 'errors'],
    ['nairobi', 'credentials', 'round_trip'],
    ['mombasa', 'credentials', 'round_trip'],
  ])
})
