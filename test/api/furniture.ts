import type { KeyRing } from '#infra/crypto/keyring.ts'
import { notify } from '#infra/db/stores/notifications.ts'
import { sql, type Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { type ChannelSecret, sealChannelSecret } from '#infra/providers/channel-secrets.ts'
import type { Browser, House } from './house.ts'

type Ids = Record<string, string>

/** What the id in a path stands for, by its first part: the names of what `furnish` makes. */
export const KINDS: Readonly<Ids> = {
  ...{ conversations: 'conversation', contacts: 'contact', tags: 'tag', flows: 'flow', runs: 'run', media: 'media' },
  ...{ roles: 'role', calendars: 'calendar', channels: 'channel', members: 'member', invitations: 'invitation' },
  ...{
    'custom-fields': 'field',
    'webhook-subscriptions': 'webhook',
    notifications: 'notification',
    messages: 'message',
  },
  templates: 'template',
}

/** A row of every kind that a route names by id, in the tenant of an owner; each further round has names of its own. */
export async function furnish(house: House, owner: Browser, round = 0): Promise<Ids> {
  const { tenantId, personId } = owner
  const mark = round === 0 ? '' : `${round}`
  const made = <T extends { id: string }>(method: string, path: string, body: unknown) =>
    owner.json<T>(201, method, path, body).then(({ id }) => id)
  const role = await made('POST', '/roles', { key: `furniture${mark}`, name: `Furniture${mark}`, permissions: [] })
  const invitation = await made('POST', '/invitations', { email: `guest-${newId()}@house.test`, roleId: role })
  const calendar = await made('POST', '/calendars', { name: `Spare${mark}`, timeZone: 'UTC', week: [] })
  const { items } = await owner.json<{ items: { id: string }[] }>(200, 'GET', '/members')
  const sessions = await owner.json<{ items: { id: string }[] }>(200, 'GET', '/auth/sessions')
  const rows = await house.deps.db.tenant({ tenantId, personId }, (tx) =>
    addRows(tx, { tenantId, personId, keyRing: house.deps.keyRing, mark }),
  )
  return { role, invitation, calendar, member: items[0]!.id, session: sessions.items[0]!.id, ...rows }
}

type Owner = { tenantId: string; personId: string; keyRing: KeyRing; mark: string }

async function addRows(tx: Tx, { tenantId, personId, keyRing, mark }: Owner): Promise<Ids> {
  const kinds = [
    'channel',
    'contact',
    'conversation',
    'message',
    'tag',
    'field',
    'flow',
    'version',
    'run',
    'media',
    'template',
    'webhook',
    'delivery',
  ]
  const ids: Ids = Object.fromEntries(kinds.map((kind) => [kind, newId()]))
  const sealed = (secret: ChannelSecret) =>
    sealChannelSecret(keyRing, { tenantId, channelId: ids['channel']!, secret }, 'furniture')
  const number = ids['channel']!.replaceAll(/\D/g, '').padEnd(15, '0').slice(0, 15)
  await tx.run(sql`
    insert into channels (id, tenant_id, name, business_account_id, external_id, webhook_key, access_token, app_secret, verify_token)
    values (${ids['channel']}, ${tenantId}, 'Main', ${`9${number}`}, ${number}, ${newId()}, ${sealed('access_token')},
      ${sealed('app_secret')}, ${sealed('verify_token')})`)
  await tx.run(
    sql`insert into contacts (id, tenant_id, name, phone) values (${ids['contact']}, ${tenantId}, 'Carla', ${`+4915112345678${mark}`})`,
  )
  await tx.run(sql`
    insert into conversations (id, tenant_id, channel_id, contact_id, state)
    values (${ids['conversation']}, ${tenantId}, ${ids['channel']}, ${ids['contact']}, 'queued')`)
  await tx.run(sql`
    insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, kind, content, state, sent_at)
    values (${ids['message']}, ${tenantId}, ${ids['conversation']}, ${ids['contact']}, ${ids['channel']}, 'outbound', 'user',
      'text', '{"kind":"text","text":"Hello"}', 'failed', now())`)
  await tx.run(sql`insert into tags (id, tenant_id, name) values (${ids['tag']}, ${tenantId}, ${`vip${mark}`})`)
  await tx.run(sql`
    insert into custom_fields (id, tenant_id, key, label, type) values (${ids['field']}, ${tenantId}, ${`size${mark}`}, ${`Size${mark}`}, 'text')`)
  const definition = JSON.stringify({ schemaVersion: 1, nodes: [], edges: [] })
  await tx.run(sql`
    insert into flows (id, tenant_id, name, draft) values (${ids['flow']}, ${tenantId}, 'Welcome', ${definition})`)
  await tx.run(sql`
    insert into flow_versions (id, tenant_id, flow_id, number, definition)
    values (${ids['version']}, ${tenantId}, ${ids['flow']}, 1, ${definition})`)
  await tx.run(sql`
    insert into runs (id, tenant_id, flow_id, flow_version_id, contact_id, conversation_id, cause, state)
    values (${ids['run']}, ${tenantId}, ${ids['flow']}, ${ids['version']}, ${ids['contact']}, ${ids['conversation']},
      '{"kind":"api"}', 'open')`)
  await tx.run(sql`
    insert into media_files (id, tenant_id, media_type, mime_type) values (${ids['media']}, ${tenantId}, 'image', 'image/png')`)
  await tx.run(sql`
    insert into templates (id, tenant_id, channel_id, name, language, category)
    values (${ids['template']}, ${tenantId}, ${ids['channel']}, 'hello', 'en', 'utility')`)
  await tx.run(sql`
    insert into webhook_subscriptions (id, tenant_id, name, url, events, secret, secret_hint)
    values (${ids['webhook']}, ${tenantId}, 'Desk', 'https://hooks.example.com', '{conversation.closed}', '\\x00', 'abcd')`)
  await tx.run(sql`
    insert into webhook_deliveries (tenant_id, subscription_id, message_id, type, body, state)
    values (${tenantId}, ${ids['webhook']}, ${ids['delivery']}, 'conversation.closed', '{}', 'failed')`)
  const subject = { type: 'conversation', id: ids['conversation']! } as const
  return { ...ids, notification: await notify(tx, { tenantId, personId, kind: 'conversation_assigned', subject }) }
}
