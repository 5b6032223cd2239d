import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isByDesign } from './by-design.ts'
import { openLines } from './lines.ts'
import { emptyReport, readLine } from './report.ts'

const bytes = (value: unknown) => ({ $base64: Buffer.from(JSON.stringify(value)).toString('base64') })

/** One case of a scenario, refused by the API although its schema takes it. */
function refusal(operation: string, problem: unknown, phase = 'fuzzing') {
  const [method, path] = operation.split(' ')
  const label = phase === 'stateful' ? 'Stateful tests' : operation
  const failure = { title: 'Schema-valid request rejected', message: 'Valid data should have been accepted' }
  const recorder = {
    label,
    cases: { a: { value: { method, path } } },
    checks: { a: [{ name: 'positive_data_acceptance', status: 'failure', failure_info: { failure } }] },
    interactions: {
      a: { request: { method, uri: `http://house${path}` }, response: { status_code: 422, content: bytes(problem) } },
    },
  }
  return JSON.stringify({ ScenarioFinished: { phase, recorder } })
}

function findingsOf(...lines: string[]) {
  const report = emptyReport()
  for (const line of lines) readLine(report, line)
  return [...report.findings.values()]
}

test('a code is by design where a schema cannot tell, and a fault anywhere else', () => {
  const cursor = { code: 'cursor_invalid', errors: [] }
  const zone = { code: 'invalid_input', errors: [{ code: 'unknown_time_zone' }] }
  const more = { code: 'invalid_input', errors: [{ code: 'unknown_time_zone' }, { code: 'invalid_type' }] }
  const [list, write, tenant, both] = findingsOf(
    refusal('GET /api/v1/contacts', cursor),
    refusal('POST /api/v1/contacts', cursor),
    refusal('PATCH /api/v1/tenant', zone),
    refusal('PATCH /api/v1/tenant', more),
  ).map(isByDesign)
  assert.deepEqual({ list, write, tenant, both }, { list: true, write: false, tenant: true, both: false })
})

test('what an answer does not name is a fault, as is an answer that is none of ours', () => {
  const findings = findingsOf(
    refusal('POST /api/v1/contacts', { code: 'invalid_input', errors: [] }),
    refusal('POST /api/v1/roles', 'nothing'),
  )
  assert.deepEqual(findings.map(isByDesign), [false, false])
})

test('a step of a sequence is told by its own operation, and a kind of finding once', () => {
  const again = refusal('GET /api/v1/contacts', { code: 'cursor_invalid', errors: [] }, 'stateful')
  const findings = findingsOf(again, again)
  assert.deepEqual(
    findings.map(({ operation }) => operation),
    ['GET /api/v1/contacts'],
  )
})

test('a run that broke off is not taken for one that found nothing', () => {
  const report = emptyReport()
  readLine(report, JSON.stringify({ Initialize: { seed: 1 } }))
  assert.notEqual(report.stopReason, 'completed')
  readLine(report, JSON.stringify({ EngineFinished: { stop_reason: 'completed' } }))
  assert.equal(report.stopReason, 'completed')
})

test('lines are read whole while they are being written, also where a letter is cut in two', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'holdfast-lines-')), 'report.ndjson')
  writeFileSync(file, '')
  const lines = openLines(file)
  const [head, tail] = [Buffer.from('"ñ"\n').subarray(0, 2), Buffer.from('"ñ"\n').subarray(2)]
  appendFileSync(file, Buffer.concat([Buffer.from('1\n'), head]))
  assert.deepEqual(lines.next(), ['1'])
  appendFileSync(file, tail)
  assert.deepEqual(lines.next(), ['"ñ"'])
  lines.close()
})
