import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finding } from './findings.ts'
import type { DiagnosticRun } from './schema.ts'
import { transcriptOf } from './transcript.ts'

const id = '01990000-0000-7000-8000-000000000001'
const at = (second: number) => `2026-03-02T09:00:0${second}.000Z`
const channel = { id, name: 'Shop\n[ ok ] forged', displayPhone: '+254' }
const check = { id, channel: null, facts: {}, findings: [], startedAt: at(0), endedAt: at(1) }
const run: DiagnosticRun = {
  id,
  cause: 'person',
  requestedBy: { kind: 'system' },
  state: 'done',
  result: 'failed',
  counts: { total: 2, passed: 1, warning: 0, failed: 1, skipped: 0 },
  createdAt: at(0),
  startedAt: at(0),
  endedAt: at(2),
  checks: [
    { ...check, key: 'database', status: 'passed', facts: { version: '18.4', latencyMs: 2 } },
    { ...check, key: 'credentials', channel, status: 'failed', findings: [finding('token_expires', { days: 2 })] },
  ],
}

test('[ANLY-30] a transcript says what was looked at, found and advised, line by line, and no name can forge a line', () => {
  const text = transcriptOf(
    run,
    {
      title: 'Diagnostics',
      nameOf: ({ key, channel: number }) => `${key}${number === null ? '' : ` of ${number.name}`}`,
      found: () => 'The token ends in 2 days.',
      fix: () => 'Enter a new one.',
    },
    { version: '0.1.0', address: 'https://chat.example.com' },
  )
  assert.equal(
    text,
    [
      'Diagnostics - Holdfast 0.1.0 - https://chat.example.com',
      `run ${id} - person - done - failed`,
      '2026-03-02T09:00:00.000Z .. 2026-03-02T09:00:02.000Z',
      '',
      '[ ok ] database (database) 1000 ms version=18.4 latencyMs=2',
      `[FAIL] credentials of Shop [ ok ] forged (credentials/${id}) 1000 ms`,
      '       The token ends in 2 days. (token_expires days=2)',
      '       -> Enter a new one.',
      '',
    ].join('\n'),
  )
})
