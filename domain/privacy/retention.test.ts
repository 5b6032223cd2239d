import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ChangeRetention, RETENTION_DEFAULT, RetentionPolicy, retentionLimits } from './retention.ts'

test('[CONV-02] [SEC-09] nobody keeps history or audit for less than twelve months', () => {
  assert.ok(RETENTION_DEFAULT.historyMonths >= 12 && RETENTION_DEFAULT.auditMonths >= 12)
  assert.equal(RetentionPolicy.safeParse(RETENTION_DEFAULT).success, true)
  for (const change of [{ historyMonths: 11 }, { auditMonths: 1 }, { rawDays: 14 }, { historyMonths: 12.5 }]) {
    assert.equal(ChangeRetention.safeParse(change).success, false, JSON.stringify(change))
  }
})

test('months end where the calendar says, also from the last day of a long one', () => {
  const limit = (now: string, historyMonths: number) =>
    new Date(retentionLimits({ ...RETENTION_DEFAULT, historyMonths }, Date.parse(now)).historyBeforeMs).toISOString()
  assert.equal(limit('2026-11-21T10:00:00Z', 12), '2025-11-21T10:00:00.000Z')
  assert.equal(limit('2028-02-29T10:00:00Z', 12), '2027-02-28T10:00:00.000Z')
  assert.equal(limit('2026-05-31T00:00:00Z', 15), '2025-02-28T00:00:00.000Z')
})
