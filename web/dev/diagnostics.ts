import { type PlannedCheck, planChecks } from '../../domain/diagnostics/checks.ts'
import { type Finding, finding, statusOf } from '../../domain/diagnostics/findings.ts'
import type { DiagnosticCheck, DiagnosticRun, DiagnosticSchedule } from '../../domain/diagnostics/schema.ts'
import { idOf } from './random.ts'
import { type Answer, type Ask, ok, page, problem } from './routes.ts'
import { channel, DAY, HOUR, iso, MINUTE, person } from './world.ts'

const now = Date.now()
const NUMBERS = [
  { id: channel.id, name: channel.name, displayPhone: channel.displayPhone },
  { id: idOf(6, 2), name: 'Kahawa Mombasa', displayPhone: '+254 41 222 3344' },
]
const FACTS: Partial<Record<PlannedCheck['key'], DiagnosticCheck['facts']>> = {
  database: { version: '18.1', latencyMs: 1.4 },
  temporal: { version: '1.29.7', queues: 6 },
  clock: { clocks: 3, mostMs: 4 },
  mail: { host: 'smtp.kahawa.example:465' },
  credentials: { number: '+254 20 765 4321' },
  subscription: { host: 'app.kahawa.example' },
  round_trip: { answeredMs: 9, tookMs: 143 },
  webhooks: { count: 2 },
  errors: { sent: 1_204 },
}
const FOUND: Record<string, readonly Finding[]> = {
  'queues/': [finding('queue_waits', { queue: 'sends', count: 14, minutes: 7 })],
  [`credentials/${NUMBERS[1]!.id}`]: [finding('app_secret_wrong'), finding('token_expires', { days: 3 })],
  [`subscription/${NUMBERS[1]!.id}`]: [finding('webhook_elsewhere', { host: 'old-inbox.example' })],
  [`replay/${NUMBERS[1]!.id}`]: [finding('nothing_to_replay')],
  'errors/': [finding('sends_failed', { count: 12, total: 1_204, code: 'service_window_closed' })],
}

type Shape = { id: string; atMs: number; cause: DiagnosticRun['cause']; bad: boolean }

function runOf({ id, atMs, cause, bad }: Shape, doneCount = Number.POSITIVE_INFINITY): DiagnosticRun {
  const planned = planChecks(NUMBERS.map((number) => number.id))
  const checks = planned.map(({ key, channelId }, index): DiagnosticCheck => {
    const findings = bad ? [...(FOUND[`${key}/${channelId ?? ''}`] ?? [])] : []
    const isDone = index < doneCount
    return {
      id: idOf(61, index),
      key,
      channel: NUMBERS.find((number) => number.id === channelId) ?? null,
      status: isDone ? statusOf(findings) : index < doneCount + 4 ? 'running' : 'waiting',
      findings: isDone ? findings : [],
      facts: isDone ? (FACTS[key] ?? {}) : {},
      startedAt: iso(atMs),
      endedAt: isDone ? iso(atMs + 40 + ((index * 337) % 2_100)) : null,
    }
  })
  const count = (status: DiagnosticCheck['status']) => checks.filter((check) => check.status === status).length
  const [passed, warning, failed, skipped] = [count('passed'), count('warning'), count('failed'), count('skipped')]
  const isOver = doneCount >= checks.length
  return {
    id,
    cause,
    requestedBy: cause === 'person' ? { kind: 'person', id: person.id } : { kind: 'system' },
    state: isOver ? 'done' : 'running',
    result: !isOver ? null : failed > 0 ? 'failed' : warning > 0 ? 'warning' : 'passed',
    counts: { total: checks.length, passed, warning, failed, skipped },
    createdAt: iso(atMs),
    startedAt: iso(atMs),
    endedAt: isOver ? iso(atMs + 9_400) : null,
    checks,
  }
}

const SHAPES: Shape[] = [
  { id: idOf(60, 9), atMs: now - 12 * MINUTE, cause: 'person', bad: true },
  { id: idOf(60, 8), atMs: now - 5 * HOUR, cause: 'schedule', bad: true },
  ...[1, 2, 3, 4, 5].map((day) => ({
    id: idOf(60, 8 - day),
    atMs: now - day * DAY,
    cause: 'schedule' as const,
    bad: false,
  })),
]
let started: { id: string; atMs: number; looks: number; cancelled: boolean } | undefined
let schedule: DiagnosticSchedule = { enabled: true, nextAt: iso(now + 19 * HOUR) }

/** A run that somebody starts goes on by two checks each time the page looks, however slow the machine is. */
function current(): DiagnosticRun | undefined {
  if (!started) return undefined
  const shape = { id: started.id, atMs: started.atMs, cause: 'person', bad: true } as const
  if (started.cancelled) return { ...runOf(shape), state: 'cancelled', result: null }
  return runOf(shape, 2 * started.looks)
}

export function diagnosticsRoutes({ method, path, query, body, mode }: Ask): Answer | undefined {
  if (!path.startsWith('/diagnostics/')) return undefined
  if (path === '/diagnostics/schedule') {
    if (method === 'PATCH') {
      const { enabled } = body as { enabled: boolean }
      schedule = { enabled, nextAt: enabled ? iso(now + 19 * HOUR) : null }
    }
    return ok(schedule)
  }
  const runs = [current(), ...SHAPES.map((shape) => runOf(shape))].filter((run) => run !== undefined)
  if (path === '/diagnostics/runs') {
    if (method === 'POST') {
      started = { id: idOf(60, 10), atMs: Date.now(), looks: 0, cancelled: false }
      return ok(current(), 202)
    }
    if (mode === 'empty') return page([], query)
    return page(
      runs.map(({ checks: _, ...run }) => run),
      query,
    )
  }
  const [, id, verb] = /^\/diagnostics\/runs\/([^/]+)(?:\/(cancel))?$/.exec(path) ?? []
  if (verb === 'cancel' && started && started.id === id) started.cancelled = true
  if (method === 'GET' && started && started.id === id) started.looks += 1
  const found = [current(), ...SHAPES.map((shape) => runOf(shape))].find((run) => run?.id === id)
  return found ? ok(found) : problem(404, 'not_found')
}
