import { type Finding, finding, type Outcome } from '#domain/diagnostics/findings.ts'
import { newToken } from '#infra/crypto/tokens.ts'
import type { ChannelRow } from '#infra/db/stores/channels.ts'
import { itemsSince, knownKeys, lastBody } from '#infra/db/stores/diagnostic-looks.ts'
import { isProbeTaken, noteProbe } from '#infra/db/stores/diagnostic-probes.ts'
import type { Db, Tx } from '#infra/db/tx.ts'
import { signBody } from './whatsapp/signature.ts'
import { splitWebhook } from './whatsapp/split.ts'
import { askVerification, type Knock, postWebhook, probeBody } from './whatsapp/webhook-probe.ts'

type Place = { db: Db; row: ChannelRow; url: string; now: () => number }

const hostOf = (url: string) => new URL(url).host
const unreachable = (url: string, { reason }: { reason: string }): Finding =>
  finding('webhook_unreachable', { host: hostOf(url), reason })
const well = (facts: Outcome['facts'] = {}): Outcome => ({ findings: [], facts })
const bad = (...findings: Finding[]): Outcome => ({ findings, facts: {} })

/** Our address answers the provider's question with the right token, and no other. */
export async function checkVerification(url: string, token: string): Promise<Finding[]> {
  const challenge = newToken()
  const right = await askVerification(url, { token, challenge })
  if (right.status === null) return [unreachable(url, right)]
  if (right.status !== 200 || right.text !== challenge)
    return [finding('verification_refused', { status: right.status })]
  const wrong = await askVerification(url, { token: newToken(), challenge })
  return wrong.status === 200 ? [finding('verification_open')] : []
}

const TAKEN_WITHIN_MS = 20_000
const SLOW_MS = 5_000
const LOOK_EVERY_MS = 100

/**
 * Posts a signed probe to our own public address and waits until the dispatcher has taken it; before that, the same body
 * with a wrong signature must be refused. The probe makes nothing: see `diagnostic-probes.ts`.
 *
 * @param pause waits for a moment, and throws when nobody wants to know any more.
 */
export async function checkRoundTrip(
  { db, row, url, now }: Place,
  probe: { checkId: string; appSecret: string; pause: (ms: number) => Promise<void> },
): Promise<Outcome> {
  const { tenantId } = row
  const { checkId, appSecret, pause } = probe
  const token = newToken()
  const body = probeBody({ ...row, token })
  const forged = await postWebhook(url, body, signBody(body, newToken()))
  if (forged.status === null) return bad(unreachable(url, forged))
  if (forged.status >= 200 && forged.status < 300) return bad(finding('forgery_accepted', { status: forged.status }))
  if (forged.status !== 401) return bad(finding('webhook_refused', { status: forged.status }))

  await db.tenant(tenantId, (tx) => noteProbe(tx, { checkId, token }))
  const startMs = now()
  const answer = await postWebhook(url, body, signBody(body, appSecret))
  if (answer.status === null) return bad(unreachable(url, answer))
  if (answer.status !== 200) return bad(finding('webhook_refused', { status: answer.status }))
  const answeredMs = now() - startMs
  while (!(await db.tenant(tenantId, (tx) => isProbeTaken(tx, checkId)))) {
    if (now() - startMs > TAKEN_WITHIN_MS) return bad(finding('probe_not_taken', { seconds: TAKEN_WITHIN_MS / 1_000 }))
    await pause(LOOK_EVERY_MS)
  }
  const tookMs = now() - startMs
  const slow = tookMs >= SLOW_MS ? [finding('probe_slow', { seconds: Math.round(tookMs / 1_000) })] : []
  return { findings: slow, facts: { answeredMs, tookMs } }
}

/**
 * Posts the last webhook of a number once more, byte by byte: signed it must be acknowledged, with another signature it
 * must not, and either way nothing may come of it a second time. What deduplication may have forgotten is not replayed.
 */
export async function checkReplay({ db, row, url, now }: Place, appSecret: string): Promise<Outcome> {
  const { tenantId } = row
  const inTenant = <T>(work: (tx: Tx) => Promise<T>) => db.tenant(tenantId, work)
  const last = await inTenant((tx) => lastBody(tx, row.id))
  if (last === undefined) return bad(finding('nothing_to_replay'))
  const { items } = splitWebhook(last.body)
  const keys = [...new Set(items.map(({ key }) => key))]
  // A number of the same account that has gone since would be refused for itself, and not for its signature.
  const isOwn = items.every(({ phoneNumberId }) => phoneNumberId === undefined || phoneNumberId === row.phoneNumberId)
  const taken = keys.map((key) => ({ channelId: row.id, key }))
  const isKnown = keys.length > 0 && (await inTenant((tx) => knownKeys(tx, taken))) === keys.length
  if (!isOwn || !isKnown) return bad(finding('nothing_to_replay'))

  const sinceMs = now() - 1_000
  const before = await inTenant((tx) => itemsSince(tx, keys, sinceMs))
  const wrong = await postWebhook(url, last.body, signBody(last.body, newToken()))
  if (wrong.status === null) return bad(unreachable(url, wrong))
  const right: Knock = await postWebhook(url, last.body, signBody(last.body, appSecret))
  if (right.status === null) return bad(unreachable(url, right))
  const after = await inTenant((tx) => itemsSince(tx, keys, sinceMs))
  if (after > before) return bad(finding('replay_doubled', { count: after - before }))
  if (wrong.status !== 401) return bad(finding('forgery_accepted', { status: wrong.status }))
  if (right.status !== 200) return bad(finding('replay_refused', { status: right.status }))
  return well({ items: keys.length, receivedAt: last.receivedAt.toISOString() })
}
