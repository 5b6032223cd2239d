import * as wf from '@temporalio/workflow'
import type { DiagnosticsActivities } from '#activities/diagnostics.ts'
import { CHECKS, type CheckKey } from '#domain/diagnostics/checks.ts'
import { DIAGNOSTIC_CHECK, DIAGNOSTIC_RECORD } from '../proxies.ts'
import { type DiagnosticsInput, type DiagnosticsProgress, type FailedCheck, progress } from './messages.ts'

type Check = NonNullable<Awaited<ReturnType<DiagnosticsActivities['beginDiagnostics']>>>[number]
type CheckActivity = Exclude<keyof DiagnosticsActivities, 'beginDiagnostics' | 'failCheck' | 'endDiagnostics'>

const ACTIVITIES: Readonly<Record<CheckKey, CheckActivity>> = {
  database: 'checkDatabase',
  temporal: 'checkTemporal',
  clock: 'checkClock',
  storage: 'checkStorage',
  mail: 'checkMail',
  queues: 'checkQueues',
  credentials: 'checkCredentials',
  subscription: 'checkSubscription',
  round_trip: 'checkRoundTrip',
  replay: 'checkReplay',
  webhooks: 'checkWebhooks',
  errors: 'checkErrors',
}

/** Few, so that what is measured is the house and not the diagnosis. */
const SIDE_BY_SIDE = 4

/** Makes every check of a run, a few at a time and each for itself: one that hangs or breaks does not stop the others. */
export async function diagnostics(input: DiagnosticsInput): Promise<void> {
  const record = wf.proxyActivities<DiagnosticsActivities>(DIAGNOSTIC_RECORD)
  let state: DiagnosticsProgress = { total: 0, ended: 0, running: [] }
  wf.setHandler(progress, () => state)

  const checks = await record.beginDiagnostics(input)
  if (checks === null) return
  state = { ...state, total: checks.length }
  const waiting = [...checks]
  const taker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const { key } = check
      state = { ...state, running: [...state.running, key] }
      const failure = await make(input, check)
      if (failure !== undefined) await record.failCheck(failure)
      state = { ...state, ended: state.ended + 1, running: state.running.toSpliced(state.running.indexOf(key), 1) }
      wf.setCurrentDetails(`${state.ended} of ${state.total} checks are made`)
    }
  }
  // Cancelled, the run is over in its rows already: whoever cancels writes that down first.
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, taker))
  await record.endDiagnostics(input)
}

/** @returns what is to be written down for a check that could not do so itself. */
async function make(input: DiagnosticsInput, { id: checkId, key, channelId }: Check): Promise<FailedCheck | undefined> {
  const { timeLimitMs } = CHECKS[key]
  const activities = wf.proxyActivities<DiagnosticsActivities>({
    ...DIAGNOSTIC_CHECK,
    startToCloseTimeout: timeLimitMs,
    // Also when nobody takes it: a queue without a worker must not hold up the run.
    scheduleToCloseTimeout: timeLimitMs + WAIT_FOR_WORKER_MS,
    summary: channelId === null ? key : `${key} of a number`,
    priority: { priorityKey: 3, fairnessKey: input.tenantId },
  })
  try {
    await activities[ACTIVITIES[key]]({ ...input, checkId, channelId })
    return undefined
  } catch (error) {
    if (wf.isCancellation(error)) throw error
    const isLate = error instanceof wf.ActivityFailure && error.cause instanceof wf.TimeoutFailure
    const code = isLate ? 'check_timed_out' : key === 'database' ? 'database_unreachable' : 'check_broke'
    return { ...input, checkId, code, seconds: Math.round(timeLimitMs / 1_000) }
  }
}

const WAIT_FOR_WORKER_MS = 60_000
