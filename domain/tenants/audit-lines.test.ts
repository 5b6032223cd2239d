import assert from 'node:assert/strict'
import { test } from 'node:test'
import { auditCsvHead, auditCsvLine } from './audit-lines.ts'
import type { AuditLine } from './audit-log.ts'

const line: AuditLine = {
  id: '018f0000-0000-7000-8000-000000000000',
  at: '2026-03-02T09:00:00.000Z',
  actor: { kind: 'system' },
  actorName: '=HYPERLINK("http://x")',
  action: 'roles.change',
  subject: { type: 'role', id: 'r' },
  detail: { a: 'one, "two"\nthree' },
  requestId: null,
}

test('[SEC-09] a line of the log is one row of CSV with as many cells as the head', () => {
  const cells = auditCsvLine({ ...line, actorName: null, detail: {} })
    .trimEnd()
    .split(',')
  assert.equal(cells.length, auditCsvHead().trimEnd().split(',').length)
})

test('[SEC-09] quotes, commas and breaks stay in their cell, and nothing is run as a formula', () => {
  const text = auditCsvLine(line)
  assert.match(text, /"'=HYPERLINK\(""http:\/\/x""\)"/)
  assert.ok(text.endsWith('"{""a"":""one, \\""two\\""\\nthree""}"\r\n'), text)
})
