/** What a diagnosis looks at, in the order in which it is shown. Also the CHECK in Postgres. */
export const CHECK_KEYS = [
  'database',
  'temporal',
  'clock',
  'storage',
  'mail',
  'queues',
  'credentials',
  'subscription',
  'round_trip',
  'replay',
  'webhooks',
  'errors',
] as const
export type CheckKey = (typeof CHECK_KEYS)[number]

export const CHECK_STATUSES = ['waiting', 'running', 'passed', 'warning', 'failed', 'skipped'] as const
export type CheckStatus = (typeof CHECK_STATUSES)[number]

export const DIAGNOSTIC_STATES = ['waiting', 'running', 'done', 'cancelled'] as const
export type DiagnosticState = (typeof DIAGNOSTIC_STATES)[number]

export const DIAGNOSTIC_RESULTS = ['passed', 'warning', 'failed'] as const
export type DiagnosticResult = (typeof DIAGNOSTIC_RESULTS)[number]

type CheckLaw = {
  /** Once for the workspace, or once for each connected number. */
  scope: 'tenant' | 'channel'
  /** A check that has not ended by then has failed; the others go on. */
  timeLimitMs: number
}

/** No zod here: workflows read this. The times leave room for the longest wait inside a check. */
export const CHECKS = {
  database: { scope: 'tenant', timeLimitMs: 15_000 },
  temporal: { scope: 'tenant', timeLimitMs: 20_000 },
  clock: { scope: 'tenant', timeLimitMs: 20_000 },
  storage: { scope: 'tenant', timeLimitMs: 20_000 },
  mail: { scope: 'tenant', timeLimitMs: 30_000 },
  queues: { scope: 'tenant', timeLimitMs: 20_000 },
  credentials: { scope: 'channel', timeLimitMs: 45_000 },
  subscription: { scope: 'channel', timeLimitMs: 45_000 },
  round_trip: { scope: 'channel', timeLimitMs: 60_000 },
  replay: { scope: 'channel', timeLimitMs: 30_000 },
  webhooks: { scope: 'tenant', timeLimitMs: 15_000 },
  errors: { scope: 'tenant', timeLimitMs: 30_000 },
} as const satisfies Record<CheckKey, CheckLaw>

/** Numbers that one run looks at; the oldest come first. */
export const DIAGNOSED_CHANNELS_MAX = 20

/** One check of a run, before it has begun. */
export type PlannedCheck = { key: CheckKey; channelId: string | null }

/** Every check once, and those of numbers once for each; without a number once without one, to say so. */
export function planChecks(channelIds: readonly string[]): PlannedCheck[] {
  const numbers = channelIds.length === 0 ? [null] : channelIds.slice(0, DIAGNOSED_CHANNELS_MAX)
  const [first, last] = [CHECK_KEYS.indexOf('credentials'), CHECK_KEYS.indexOf('replay')]
  const once = (key: CheckKey): PlannedCheck => ({ key, channelId: null })
  return [
    ...CHECK_KEYS.slice(0, first).map(once),
    // Number by number: who reads it thinks of a number, and not of a kind of check.
    ...numbers.flatMap((channelId) => CHECK_KEYS.slice(first, last + 1).map((key) => ({ key, channelId }))),
    ...CHECK_KEYS.slice(last + 1).map(once),
  ]
}
