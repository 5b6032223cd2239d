import { activityInfo, cancelled, heartbeat } from '@temporalio/activity'
import type { Connection } from '@temporalio/client'
import type { Dispatcher } from 'undici'
import { type FindingCode, type FindingValues, finding, type Outcome } from '#domain/diagnostics/findings.ts'
import { type ClockReading, judgeBacklogs, judgeClocks, judgeDatabase, judgeErrors } from '#domain/diagnostics/rules.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { type ChannelRow, getChannel } from '#infra/db/stores/channels.ts'
import { databaseFacts, recentErrors, webhookLooks } from '#infra/db/stores/diagnostic-looks.ts'
import { queueBacklogs } from '#infra/db/stores/system-health.ts'
import type { Db, Tx } from '#infra/db/tx.ts'
import { checkMailServer } from '#infra/mail/mail-check.ts'
import type { MediaPlace } from '#infra/media/media-place.ts'
import { checkCredentials, checkSubscription, secretsOf } from '#infra/providers/channel-checks.ts'
import { openSecret } from '#infra/providers/channel-vault.ts'
import { checkReplay, checkRoundTrip, checkVerification } from '#infra/providers/webhook-checks.ts'
import { checkServer, unattendedQueues } from '#temporal/server-check.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import type { CheckInput } from '#workflows/diagnostics/messages.ts'

export type DiagnosticsDeps = {
  db: Db
  keyRing: KeyRing
  temporal: { connection: Connection; namespace: string }
  files: MediaPlace
  graph: { baseUrl: string; version: string }
  dispatcher: Dispatcher
  /** The address under which providers reach us. */
  publicUrl: string
  smtpUrl: string | undefined
  now: () => number
}

export type Check = (deps: DiagnosticsDeps, input: CheckInput) => Promise<Outcome>
export const well = (facts: FindingValues = {}): Outcome => ({ findings: [], facts })
export const found = (code: FindingCode, values: FindingValues = {}): Outcome => ({
  findings: [finding(code, values)],
  facts: {},
})

export const database: Check = async ({ db }, { tenantId }) => {
  let latencyMs = Number.POSITIVE_INFINITY
  const facts = await db.tenant(tenantId, async (tx) => {
    const seen = await databaseFacts(tx)
    for (let trial = 0; trial < 3; trial += 1) {
      const began = performance.now()
      await databaseFacts(tx)
      latencyMs = Math.min(latencyMs, Math.round((performance.now() - began) * 10) / 10)
    }
    return seen
  })
  return { findings: judgeDatabase({ ...facts, latencyMs }), facts: { version: facts.version, latencyMs } }
}

const TEMPORAL_CALLS_MS = 10_000

export const temporal: Check = async ({ temporal: { connection, namespace }, now }) => {
  return connection.withDeadline(now() + TEMPORAL_CALLS_MS, async () => {
    const server = await checkServer(connection, namespace)
    if (server.kind === 'no_namespace') return found('temporal_incomplete', { missing: namespace })
    if (server.kind === 'no_search_attribute') return found('temporal_incomplete', { missing: server.name })
    const unattended = await unattendedQueues(connection, namespace, now())
    return {
      findings: [
        ...(unattended.length > 0 ? [finding('temporal_no_workers', { queues: unattended.join(', ') })] : []),
        ...(server.kind === 'outdated' ? [finding('temporal_outdated', { version: server.version })] : []),
      ],
      facts: { version: server.version, queues: Object.keys(TASK_QUEUES).length },
    }
  })
}

/** Between the server's mark and our first line lies the way of a task, which may be long while much is to be done. */
const TASK_TOLERANCE_MS = 10_000
const DATE_TOLERANCE_MS = 1_000

export const clock: Check = async ({ db, graph, now }, { tenantId }) => {
  const scheduledMs = activityInfo().currentAttemptScheduledTimestampMs
  const aheadMs = scheduledMs - now()
  const readings: ClockReading[] = [{ source: 'temporal', aheadMs, toleranceMs: aheadMs > 0 ? 0 : TASK_TOLERANCE_MS }]
  const read = async (source: ClockReading['source'], ask: () => Promise<number>, toleranceMs = 0) => {
    const beganMs = now()
    const theirsMs = await ask()
    const endedMs = now()
    if (Number.isNaN(theirsMs)) return
    const halfMs = (endedMs - beganMs) / 2
    readings.push({ source, aheadMs: theirsMs - (beganMs + halfMs), toleranceMs: halfMs + toleranceMs })
  }
  await db.tenant(tenantId, (tx) => read('database', async () => (await databaseFacts(tx)).nowMs))
  await read('provider', () => dateOf(graph.baseUrl), DATE_TOLERANCE_MS)
  const mostMs = Math.max(...readings.map((one) => Math.max(0, Math.abs(one.aheadMs) - one.toleranceMs)))
  return { findings: judgeClocks(readings), facts: { clocks: readings.length, mostMs: Math.round(mostMs) } }
}

/** The clock of a server by the date of its answer, whatever it answers; NaN when it says nothing. */
async function dateOf(url: string): Promise<number> {
  try {
    const { headers } = await fetch(url, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5_000) })
    return Date.parse(headers.get('date') ?? '')
  } catch {
    return Number.NaN
  }
}

const MAIL_MS = 8_000

export const mail: Check = async ({ smtpUrl }) => {
  if (smtpUrl === undefined) return found('mail_not_set')
  const answer = await checkMailServer(smtpUrl, MAIL_MS)
  if (answer.kind === 'answers') return well({ host: answer.host })
  const { host, reason } = answer
  return found(answer.kind === 'refuses' ? 'mail_refused' : 'mail_unreachable', { host, reason })
}

export const queues: Check = async ({ db, now }, { tenantId }) => {
  const backlogs = await db.tenant(tenantId, (tx) => queueBacklogs(tx, now()))
  const waiting = Object.values(backlogs).reduce((sum, { count }) => sum + count, 0)
  return { findings: judgeBacklogs(backlogs), facts: { waiting } }
}

export const webhooks: Check = async ({ db }, { tenantId }) => {
  const looks = await db.tenant(tenantId, webhookLooks)
  if (looks.length === 0) return found('no_webhooks')
  const findings = looks.flatMap(({ name, state }) => {
    if (state === 'well') return []
    return [state === 'failing' ? finding('webhook_failing', { name }) : finding('webhook_disabled', { name })]
  })
  return { findings, facts: { count: looks.length } }
}

export const errors: Check = async ({ db, now }, { tenantId }) => {
  const seen = await db.tenant(tenantId, (tx) => recentErrors(tx, now()))
  return { findings: judgeErrors(seen), facts: { sent: seen.sentCount } }
}

/** A check of one number; without one, or with one that was disconnected meanwhile, there is nothing to look at. */
const ofNumber =
  (check: (deps: DiagnosticsDeps, input: CheckInput, row: ChannelRow) => Promise<Outcome>): Check =>
  async (deps, input) => {
    const { tenantId, channelId } = input
    const row = channelId === null ? undefined : await deps.db.tenant(tenantId, (tx: Tx) => getChannel(tx, channelId))
    if (row === undefined || row.status === 'disconnected') return found('no_number')
    return check(deps, input, row)
  }

const urlOf = ({ publicUrl }: DiagnosticsDeps, row: ChannelRow) => `${publicUrl}/webhooks/whatsapp/${row.webhookKey}`

const factsOf = (number: { display_phone_number?: string | undefined } | undefined, row: ChannelRow): FindingValues =>
  number === undefined ? {} : { number: number.display_phone_number ?? row.displayPhone }

export const credentials = ofNumber(async (deps, _, row) => {
  const { findings, number } = await checkCredentials(deps, row, deps.now())
  return { findings, facts: factsOf(number, row) }
})

export const subscription = ofNumber(async (deps, _, row) => {
  const url = urlOf(deps, row)
  const subscribed = await checkSubscription(deps, row, url)
  const facts: FindingValues = { host: new URL(url).host }
  if (subscribed.some(({ code }) => code === 'secret_unreadable')) return { findings: subscribed, facts }
  const verified = await checkVerification(url, openSecret(deps.keyRing, row, 'verify_token'))
  return { findings: [...subscribed, ...verified], facts }
})

export const roundTrip = ofNumber(async (deps, { checkId }, row) => {
  const secrets = secretsOf(deps.keyRing, row)
  if (secrets === undefined) return found('secret_unreadable')
  const pause = async (ms: number) => {
    heartbeat()
    await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), cancelled()])
  }
  return checkRoundTrip({ ...deps, row, url: urlOf(deps, row) }, { checkId, appSecret: secrets.appSecret, pause })
})

export const replay = ofNumber(async (deps, _, row) => {
  const secrets = secretsOf(deps.keyRing, row)
  if (secrets === undefined) return found('secret_unreadable')
  return checkReplay({ ...deps, row, url: urlOf(deps, row) }, secrets.appSecret)
})
