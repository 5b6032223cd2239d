import { expect, test } from 'vitest'
import type { ProcessHealth, SystemHealth } from '#domain/platform/health.ts'
import { troubleOf } from './trouble.ts'

const process: ProcessHealth = { state: 'up', upCount: 1, lastBeatAt: null, stalled: [], versions: [] }
const WELL = {
  processes: { api: process, dispatcher: process, worker: process },
  temporal: { state: 'up', unattended: [] },
  storage: { state: 'up', freeBytes: null },
  mail: { state: 'unknown' },
} as unknown as SystemHealth

test('a house in which everything is up needs no look, and what nobody can tell is no trouble', () => {
  expect(troubleOf(WELL)).toEqual([])
})

test('whatever is down or stands still is named', () => {
  const worker = { ...process, state: 'down' as const }
  const dispatcher = { ...process, state: 'stalled' as const }
  const processes = { ...WELL.processes, worker, dispatcher }
  expect(troubleOf({ ...WELL, processes })).toEqual(['health.process_dispatcher', 'health.process_worker'])
  const temporal = { state: 'up' as const, unattended: ['wf'] }
  expect(troubleOf({ ...WELL, temporal, mail: { state: 'down' } })).toEqual(['platform.part_temporal', 'health.mail'])
  expect(troubleOf({ ...WELL, storage: { state: 'down', freeBytes: null } })).toEqual(['health.storage'])
})
