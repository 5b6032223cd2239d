import { placeOf } from '#domain/notifications/place.ts'
import type { Notification } from '#domain/notifications/schema.ts'
import { noticeLine, noticeMail } from '#domain/notifications/words.ts'
import { mailWords } from '#infra/db/stores/mail-words.ts'
import {
  type DueDelivery,
  dueDeliveries,
  forgetPushSubscriptions,
  type PushRow,
  pushSubscriptionsOf,
  putBack,
  settleDeliveries,
  type TakenDeliveries,
  takeDeliveries,
} from '#infra/db/stores/notification-deliveries.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import type { MailSender } from '#infra/mail/mail-sender.ts'
import type { PushSender } from '#infra/push/push-sender.ts'

export type NoticeDeps = {
  db: Db
  log: Logger
  mail: Pick<MailSender, 'send'>
  /** Absent where the house has no key for pushes. */
  push?: PushSender | undefined
  publicUrl: string
  now: () => number
}

const AT_ONCE = 40
const LEASE_MS = 60_000

type Outcome = { kind: 'sent' | 'dropped' } | { kind: 'failed' | 'later'; error: string }

/**
 * Mails and pushes what people were told and have not read. A row is marked before it leaves and settled afterwards; a
 * process that dies in between leaves it marked, and nobody sends it again.
 *
 * @returns how many people were looked at.
 */
export async function tellPeople(deps: NoticeDeps): Promise<number> {
  const due = await deps.db.relay((relay) => dueDeliveries(relay, { limit: AT_ONCE, leaseMs: LEASE_MS }))
  const results = await Promise.allSettled(due.map((one) => tellOne(deps, one)))
  for (const result of results) {
    if (result.status === 'rejected') deps.log.warn({ err: result.reason }, 'a person could not be told')
  }
  return due.length
}

async function tellOne(deps: NoticeDeps, { tenantId, personId, way }: DueDelivery): Promise<void> {
  const { db, now } = deps
  const place = { personId, way, nowMs: now(), leaseMs: LEASE_MS }
  const taken = await db.tenant(tenantId, (tx) => takeDeliveries(tx, place))
  if (taken === undefined) return
  const ids = taken.notices.map(({ id }) => id)
  const outcome = await (way === 'mail' ? mailTo(deps, tenantId, taken) : pushTo(deps, { tenantId, personId }, taken))
  await db.tenant(tenantId, async (tx) => {
    if (outcome.kind === 'later') return putBack(tx, { ids, way, error: outcome.error })
    const error = outcome.kind === 'failed' ? outcome.error : null
    await settleDeliveries(tx, { ids, way, state: outcome.kind, error })
  })
}

const wordsOf = (db: Db, tenantId: string, locale: string): Promise<Record<string, string>> =>
  db.tenant(tenantId, (tx) => mailWords(tx, locale))

async function mailTo(deps: NoticeDeps, tenantId: string, { recipient, notices }: TakenDeliveries): Promise<Outcome> {
  const words = await wordsOf(deps.db, tenantId, recipient.locale)
  const [only] = notices
  const mail = noticeMail(
    {
      name: recipient.name,
      tenant: recipient.tenantName,
      lines: notices.map((notice) => noticeLine(notice, words)),
      link: `${deps.publicUrl}${(notices.length === 1 && only && placeOf(only)) || '/inbox'}`,
      settings: `${deps.publicUrl}/settings/notifications`,
    },
    words,
  )
  try {
    await deps.mail.send({ to: recipient.email, ...mail })
    return { kind: 'sent' }
  } catch (error) {
    return { kind: certainlyNotSent(error) ? 'later' : 'failed', error: String(error) }
  }
}

/** No connection, or a refusal that says "not now": anything after the text was handed over may have arrived. */
function certainlyNotSent(error: unknown): boolean {
  const { command, responseCode, code } = error as { command?: string; responseCode?: number; code?: string }
  if (responseCode !== undefined) return responseCode >= 400 && responseCode < 500
  return command === 'CONN' || ['ECONNREFUSED', 'EDNS', 'ENOTFOUND', 'EAUTH'].includes(code ?? '')
}

async function pushTo(
  deps: NoticeDeps,
  { tenantId, personId }: { tenantId: string; personId: string },
  { recipient, notices }: TakenDeliveries,
): Promise<Outcome> {
  const { db, push, now } = deps
  const browsers = push === undefined ? [] : await db.tenant(tenantId, (tx) => pushSubscriptionsOf(tx, personId))
  if (push === undefined || browsers.length === 0) return { kind: 'dropped' }
  const words = await wordsOf(db, tenantId, recipient.locale)
  const messages = notices.map((notice) => pushOf(notice, { words, tenantName: recipient.tenantName }))
  const outcomes = await Promise.all(
    browsers.map(async (browser) => ({ browser, outcome: await pushAll(push, browser, { messages, nowMs: now() }) })),
  )
  const gone = outcomes.filter(({ outcome }) => outcome === 'gone').map(({ browser }) => browser.id)
  if (gone.length > 0) await db.tenant(tenantId, (tx) => forgetPushSubscriptions(tx, gone))
  if (outcomes.some(({ outcome }) => outcome === 'sent')) return { kind: 'sent' }
  // As soon as one browser may have shown it, none is asked again.
  if (outcomes.every(({ outcome }) => outcome === 'later')) return { kind: 'later', error: 'the push service is busy' }
  return gone.length === outcomes.length
    ? { kind: 'dropped' }
    : { kind: 'failed', error: 'refused by the push service' }
}

type PushMessage = Parameters<PushSender>[1]

/** The outcome of the last one stands for all of them: they went to the same place within a second. */
async function pushAll(
  push: PushSender,
  browser: PushRow,
  { messages, nowMs }: { messages: readonly PushMessage[]; nowMs: number },
): Promise<Awaited<ReturnType<PushSender>>> {
  let sent = false
  for (const message of messages) {
    const outcome = await push(browser, message, nowMs)
    if (outcome !== 'sent') return sent ? 'sent' : outcome
    sent = true
  }
  return 'sent'
}

function pushOf(notice: Notification, about: { words: Record<string, string>; tenantName: string }): PushMessage {
  return {
    title: noticeLine(notice, about.words),
    body: about.tenantName,
    url: placeOf(notice) ?? '/inbox',
    tag: `${notice.kind}/${notice.subject.id}`,
  }
}
