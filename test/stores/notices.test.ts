import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { NotificationKind } from '#domain/notifications/schema.ts'
import { createPlatformDb } from '#infra/db/platform.ts'
import { appendEvents } from '#infra/db/stores/events.ts'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { addPushSubscription, setNotifications } from '#infra/db/stores/notification-settings.ts'
import { countUnread, listNotifications, markRead, notify } from '#infra/db/stores/notifications.ts'
import { deletePlatformText, putPlatformTexts } from '#infra/db/stores/platform-texts.ts'
import { numberEvents } from '#infra/db/stores/sequencer.ts'
import { putTranslations } from '#infra/db/stores/translations.ts'
import { sql, type Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { createLogger } from '#infra/log.ts'
import type { Mail } from '#infra/mail/mail-sender.ts'
import type { PushOutcome } from '#infra/push/push-sender.ts'
import { type NoticeDeps, tellPeople } from '#worker/notices.ts'
import { react } from '#worker/reactions.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { openProduct, type TestTenant } from '../support/product.ts'

const product = await openProduct()
after(() => product.close())
const { db } = product
const log = createLogger({ name: 'test', level: 'silent' })
const NOON = Date.parse('2026-11-21T12:00:00Z')
const KEYS = { p256dh: 'B'.repeat(87), auth: 'a'.repeat(22) }

const read = <T>(tenant: TestTenant, work: (tx: Tx) => Promise<T>): Promise<T> => db.tenant(tenant.tenantId, work)
const place = (tenant: TestTenant) => ({ tenantId: tenant.tenantId, personId: tenant.people.agent })

/** Tells an agent something about a contact whose name is Ana. */
async function told(tenant: TestTenant, kind: NotificationKind = 'conversation_waiting'): Promise<string> {
  const contactId = await makeContact(product, tenant, 'Ana')
  const { conversationId } = await receive(product, tenant, { contactId, messages: ['hello'] })
  const subject = { type: 'conversation', id: conversationId } as const
  return read(tenant, (tx) => notify(tx, { ...place(tenant), kind, subject }))
}

/** The five minutes that a mail waits for the eye are over. */
const later = (tenant: TestTenant) =>
  read(tenant, (tx) => tx.run(sql`update notification_deliveries set due_at = now() where state = 'waiting'`))
const states = (tenant: TestTenant) =>
  read(tenant, async (tx) => {
    const rows = await tx.rows<{ way: string; state: string }>(sql`
      select way, state from notification_deliveries order by notification_id, way`)
    return rows.map(({ way, state }) => `${way} ${state}`)
  })

function post(over: Partial<NoticeDeps> = {}) {
  const mails: Mail[] = []
  const pushes: { endpoint: string; title: string; url: string }[] = []
  const deps: NoticeDeps = {
    ...{ db, log, publicUrl: 'https://app.example', now: () => NOON },
    mail: { send: async (mail) => void mails.push(mail) },
    push: async ({ endpoint }, { title, url }) => {
      pushes.push({ endpoint, title, url })
      return 'sent'
    },
    ...over,
  }
  return { mails, pushes, tell: () => tellPeople(deps) }
}

test('[INB-03] what stays unread goes by mail, all of it in one, and each only once', async () => {
  const tenant = await product.tenant()
  await told(tenant)
  await told(tenant, 'conversation_assigned')
  const { mails, tell } = post()
  await tell()
  assert.equal(mails.length, 0, 'not before the five minutes are over')
  await later(tenant)
  await Promise.all([tell(), tell()])
  await later(tenant)
  await tell()
  assert.equal(mails.length, 1)
  assert.match(mails[0]!.to, /@test\.invalid$/)
  assert.equal(mails[0]!.subject, '2 things wait for you · Test tenant')
  assert.match(mails[0]!.text, /• Ana wrote to you\n• Ana was assigned to you/)
  assert.match(mails[0]!.text, /https:\/\/app\.example\/settings\/notifications/)
})

test('what was read, or is not wanted, is not mailed', async () => {
  const tenant = await product.tenant()
  const id = await told(tenant)
  await told(tenant, 'conversation_assigned')
  await read(tenant, async (tx) => {
    await markRead(tx, { personId: tenant.people.agent, id })
    const off = { app: false, mail: false, push: false }
    await setNotifications(tx, place(tenant), { ways: { conversation_assigned: off }, quietHours: null })
  })
  await later(tenant)
  const { mails, pushes, tell } = post()
  await tell()
  assert.deepEqual([mails.length, pushes.length], [0, 0])
  assert.deepEqual(await states(tenant), ['mail dropped', 'push dropped', 'mail dropped', 'push dropped'])
  const page = { personId: tenant.people.agent, limit: 10, after: undefined, unread: false }
  const shown = await read(tenant, (tx) => listNotifications(tx, page))
  assert.deepEqual(
    shown.map(({ kind, title }) => [kind, title]),
    [['conversation_waiting', 'Ana']],
  )
  assert.equal(await read(tenant, (tx) => countUnread(tx, tenant.people.agent)), 0)
})

test('[UX-05] what waits is told in the words of the installation, and of the tenant above them', async (t) => {
  const tenant = await product.tenant()
  const by = tenant.people.owner
  const said = { 'notices.conversation_waiting': '{title} is at the door', 'notices.many': '{count} at the door' }
  const platform = createPlatformDb({ url: product.database.urls.platform })
  t.after(async () => {
    for (const key of Object.keys(said)) await platform.run((tx) => deletePlatformText(tx, { locale: 'en', key }))
    await platform.close()
  })
  await platform.run((tx) => putPlatformTexts(tx, { locale: 'en', texts: said, by }))
  const acting = { tenantId: tenant.tenantId, actor: { kind: 'person' as const, id: by } }
  const own = { 'notices.many': '{count} tables wait' }
  await read(tenant, (tx) => putTranslations(tx, acting, { locale: 'en', texts: own }))
  await told(tenant)
  await told(tenant, 'conversation_assigned')
  await later(tenant)
  const { mails, tell } = post()
  await tell()
  assert.equal(mails[0]!.subject, '2 tables wait · Test tenant')
  assert.match(mails[0]!.text, /• Ana is at the door\n• Ana was assigned to you/)
})

test('in quiet hours nothing leaves; it leaves when they are over', async () => {
  const tenant = await product.tenant()
  await told(tenant)
  const quietHours = { from: '11:00', until: '13:00', timeZone: 'UTC' }
  await read(tenant, (tx) => setNotifications(tx, place(tenant), { ways: {}, quietHours }))
  await later(tenant)
  const quiet = post()
  await quiet.tell()
  assert.equal(quiet.mails.length, 0)
  const due = await read(tenant, (tx) =>
    tx.row<{ at: Date }>(sql`select due_at as at from notification_deliveries where way = 'mail'`),
  )
  assert.equal(due!.at.toISOString(), '2026-11-21T13:00:00.000Z')
  await later(tenant)
  const afterwards = post({ now: () => NOON + 3_600_000 })
  await afterwards.tell()
  assert.equal(afterwards.mails.length, 1)
})

test('a push goes to every browser of the person; one that took its permission back is forgotten', async () => {
  const tenant = await product.tenant()
  await read(tenant, async (tx) => {
    for (const name of ['kept', 'gone']) {
      await addPushSubscription(tx, place(tenant), { endpoint: `https://push.example/${name}`, keys: KEYS })
    }
  })
  await told(tenant)
  const { pushes, tell } = post({
    push: async ({ endpoint }, { title, url }): Promise<PushOutcome> => {
      pushes.push({ endpoint, title, url })
      return endpoint.endsWith('gone') ? 'gone' : 'sent'
    },
  })
  await tell()
  assert.deepEqual(pushes.map(({ endpoint }) => endpoint).sort(), [
    'https://push.example/gone',
    'https://push.example/kept',
  ])
  assert.ok(pushes.every(({ title, url }) => title === 'Ana wrote to you' && url.startsWith('/inbox/')))
  const left = await read(tenant, (tx) => tx.rows<{ endpoint: string }>(sql`select endpoint from push_subscriptions`))
  assert.deepEqual(left, [{ endpoint: 'https://push.example/kept' }])
})

test('a mail server that is away is asked again; one that broke off after the text is not', async () => {
  const tenant = await product.tenant()
  await told(tenant)
  await later(tenant)
  await post({ mail: { send: () => Promise.reject(Object.assign(new Error('no'), { command: 'CONN' })) } }).tell()
  assert.ok((await states(tenant)).includes('mail waiting'))
  await later(tenant)
  await post({ mail: { send: () => Promise.reject(new Error('reset')) } }).tell()
  assert.ok((await states(tenant)).includes('mail failed'))
  await later(tenant)
  const { mails, tell } = post()
  await tell()
  assert.equal(mails.length, 0)
})

test('a process that dies while it sends leaves a mark, and nobody sends again', async () => {
  const tenant = await product.tenant()
  await told(tenant)
  await later(tenant)
  await read(tenant, (tx) => tx.run(sql`update notification_deliveries set state = 'sending'`))
  const { mails, tell } = post()
  await tell()
  assert.equal(mails.length, 0)
})

test('who wrote hears of a message that did not arrive, once, however often the event is read', async () => {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant, 'Ben')
  const { conversationId } = await receive(product, tenant, { contactId, messages: ['hello'] })
  const messageId = newId()
  await read(tenant, async (tx) => {
    await tx.run(sql`
      insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, sender_id, kind,
        content, state, sent_at)
      values (${messageId}, ${tenant.tenantId}, ${conversationId}, ${contactId}, ${tenant.channelId}, 'outbound', 'user',
        ${tenant.people.agent}, 'text', '{"kind":"text","text":"x"}', 'failed', now())`)
    const subject = { type: 'message', id: messageId } as const
    const failed = { tenantId: tenant.tenantId, type: 'message.changed', actor: { kind: 'system' }, subject } as const
    appendEvents(tx, [
      { ...failed, data: { state: 'failed' } },
      { ...failed, data: { state: 'sent' } },
    ])
  })
  while ((await db.relay(numberEvents)) > 0);
  const deps = { db, definitions: createDefinitions(), log, now: Date.now }
  while ((await react(deps, 'notifications')) > 0);
  await db.relay((tx) => tx.run(sql`update event_cursors set position = 0 where name = 'notifications'`))
  while ((await react(deps, 'notifications')) > 0);
  const page = { personId: tenant.people.agent, limit: 10, after: undefined, unread: true }
  const shown = await read(tenant, (tx) => listNotifications(tx, page))
  assert.deepEqual(
    shown.map(({ kind, title, conversationId: at }) => [kind, title, at]),
    [['message_failed', 'Ben', conversationId]],
  )
})
