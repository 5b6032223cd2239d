import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { createApp } from '#api/app.ts'
import type { ApiDeps } from '#api/deps.ts'
import { ROOT_MOUNTS } from '#api/product-mounts.ts'
import { tenantApi } from '#api/routes/tenant.ts'
import type { FlowTurnEvent } from '#domain/conversations/turn.ts'
import type { Actor } from '#domain/events/schema.ts'
import { KeyRing } from '#infra/crypto/keyring.ts'
import { conversationTurn } from '#infra/db/stores/mailbox/conversation-turn.ts'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { flowTurn } from '#infra/db/stores/mailbox/flow-turn.ts'
import { createIntakeChannels } from '#infra/db/stores/mailbox/intake-channels.ts'
import { claimSend, type SendOutcome, settleSend } from '#infra/db/stores/mailbox/send.ts'
import { createDb, type Db, sql, type Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import type { Logger } from '#infra/log.ts'
import { sealChannelSecret } from '#infra/providers/channel-secrets.ts'
import { takeIn } from '#worker/intake.ts'
import { freshDatabase } from '../support/postgres.ts'
import { AUTH_BY_HEADER, makeTenant, ORIGIN } from '../support/product.ts'

const quiet = () => undefined
export const silent = { info: quiet, warn: quiet, error: quiet, debug: quiet } as unknown as Logger

export type ConversationRow = {
  id: string
  state: string
  owner_kind: string
  owner_id: string | null
  epoch: number
  cut_epoch: number
  last_seq: number
  handled_seq: number
  held_count: number
  unread_count: number
  needs_people: boolean
  close_reason: string | null
}
export type MessageRow = {
  id: string
  conversation_id: string
  direction: string
  seq: number | null
  held_until: Date | null
  outbound_seq: number | null
  state: string
  attempt: number
  epoch: number
  fence: string | null
  external_id: string | null
  possible_duplicate: boolean
  duplicate_detected: boolean
  content: { text?: string; code?: string }
}

export type MailboxWorld = Awaited<ReturnType<typeof openMailboxWorld>>
export type MailboxTenant = Awaited<ReturnType<MailboxWorld['tenant']>>

/** The stores of the mailbox on a database of their own, with the webhooks before them and a hand for each workflow. */
export async function openMailboxWorld() {
  const database = await freshDatabase()
  const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 12, relayPoolSize: 4 })
  const keyRing = new KeyRing([{ id: 'test', bytes: randomBytes(32) }])
  const app = appOver(db, keyRing)
  return {
    database,
    db,
    tenant: (settings: Record<string, unknown> = {}) => openTenant({ db, keyRing, app }, settings),
    async close() {
      await db.close()
      await database.drop()
    },
  }
}

const APP_SECRET = 'app-secret'

/** The addresses that providers call, and the settings of a tenant, as in the product. */
function appOver(db: Db, keyRing: KeyRing) {
  const deps = {
    db,
    keyRing,
    clock: { nowMs: Date.now },
    log: silent,
    auth: AUTH_BY_HEADER,
    settings: {
      origins: [ORIGIN],
      trustedProxies: [],
      secureCookies: false,
      publicConfig: { temporalUiUrl: null, temporalNamespace: 'test' },
    },
    provisionWorkspace: [],
  } as unknown as ApiDeps
  return createApp(deps, { api: [{ path: '/tenant', build: tenantApi }], root: ROOT_MOUNTS })
}

type Written = { id?: string; atMs?: number; message?: Record<string, unknown> }

type Parts = { db: Db; keyRing: KeyRing; app: ReturnType<typeof appOver> }

async function openTenant({ db, keyRing, app }: Parts, settings: Record<string, unknown>) {
  const { tenantId, people, channelId } = await makeTenant(db)
  const read = <T>(work: (tx: Tx) => Promise<T>) => db.tenant(tenantId, work)
  await read((tx) => tx.run(sql`update tenants set settings = ${JSON.stringify(settings)} where id = ${tenantId}`))
  const appSecret = sealChannelSecret(keyRing, { tenantId, channelId, secret: 'app_secret' }, APP_SECRET)
  const verifyToken = sealChannelSecret(keyRing, { tenantId, channelId, secret: 'verify_token' }, 'verify-token')
  await read((tx) =>
    tx.run(sql`
      update channels set status = 'connected', pair_limit = false, app_secret = ${appSecret}, verify_token = ${verifyToken}
      where id = ${channelId}`),
  )
  const channel = await read((tx) =>
    tx.row<{ external_id: string; business_account_id: string; webhook_key: string }>(sql`
      select external_id, business_account_id, webhook_key from channels where id = ${channelId}`),
  )
  const phoneNumberId = channel!.external_id
  const definitions = createDefinitions()
  const actor: Actor = { kind: 'person', id: people.agent }

  /** A webhook as the provider sends it, signed. */
  async function webhook(value: Record<string, unknown>, field = 'messages'): Promise<void> {
    const metadata = { display_phone_number: '15550001', phone_number_id: phoneNumberId }
    // What is about a whole account names no number.
    const ofNumber = ['messages', 'user_preferences', 'smb_message_echoes'].includes(field)
    const change = { field, value: { ...(ofNumber && { messaging_product: 'whatsapp', metadata }), ...value } }
    const entry = [{ id: channel!.business_account_id, changes: [change] }]
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry })
    const signature = createHmac('sha256', APP_SECRET).update(body).digest('hex')
    const answer = await app.request(`/webhooks/whatsapp/${channel!.webhook_key}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
    })
    if (answer.status !== 200) throw new Error(`the webhook was answered by ${answer.status}: ${await answer.text()}`)
  }
  const messageOf = (
    person: string,
    text: string,
    { id = `wamid.${newId()}`, atMs = Date.now(), message }: Written,
  ) => ({
    id,
    from: person,
    timestamp: String(Math.floor(atMs / 1_000)),
    ...(message ?? { type: 'text', text: { body: text } }),
  })

  return {
    tenantId,
    people,
    channelId,
    phoneNumberId,
    actor,
    read,
    webhook,
    /** The contact writes; the webhook is answered, nothing more. */
    writes: (person: string, texts: readonly string[] | string, more: Written = {}) =>
      webhook({ messages: [texts].flat().map((text) => messageOf(person, text, more)) }),
    status: (externalId: string, status: string, more: Record<string, unknown> = {}) =>
      webhook({
        statuses: [
          { id: externalId, status, timestamp: String(Math.floor(Date.now() / 1_000)), recipient_id: '1', ...more },
        ],
      }),
    /** The owner changes the settings. */
    setUp: (change: Record<string, unknown>) =>
      app.request('/api/v1/tenant', {
        method: 'PATCH',
        body: JSON.stringify(change),
        headers: {
          origin: ORIGIN,
          'content-type': 'application/json',
          'x-test-person': `${people.owner}@${tenantId}`,
        },
      }),
    /** Every dispatcher of the house, until nothing is left. */
    async intake(dispatchers = 1, nowMs = Date.now()) {
      const one = async () => {
        while ((await takeIn({ db, channels: createIntakeChannels(), log: silent, now: () => nowMs })) > 0);
      }
      await Promise.all(Array.from({ length: dispatchers }, one))
    },
    conversations: () => read((tx) => tx.rows<ConversationRow>(sql`select * from conversations order by id`)),
    async conversation(): Promise<ConversationRow> {
      const rows = await read((tx) =>
        tx.rows<ConversationRow>(sql`select * from conversations order by id desc limit 1`),
      )
      return rows[0]!
    },
    messages: (direction = 'inbound') =>
      read((tx) =>
        tx.rows<MessageRow>(
          sql`select * from messages where direction = ${direction} order by coalesce(seq, outbound_seq), id`,
        ),
      ),
    /** One turn of a conversation's workflow. */
    turn: (conversationId: string, turn: number, nowMs = Date.now()) =>
      read((tx) =>
        conversationTurn(tx, {
          tenantId,
          conversationId,
          workflowId: `conversation/${tenantId}/${conversationId}`,
          firstRunId: 'first',
          turn,
          nowMs,
          definitions,
        }),
      ),
    flowTurn: (runId: string, turn: number, event: FlowTurnEvent = { kind: 'look' }, nowMs = Date.now()) =>
      read((tx) =>
        flowTurn(tx, {
          tenantId,
          runId,
          workflowId: `flow/${tenantId}/${runId}`,
          firstRunId: 'first',
          turn,
          event,
          nowMs,
          definitions,
        }),
      ),
    claim: (messageId: string, fence: string = randomUUID(), nowMs = Date.now()) =>
      read((tx) => claimSend(tx, { tenantId, messageId, fence, nowMs })),
    /** Claims and settles, as the activity does around its POST. */
    async send(messageId: string, outcome: SendOutcome, nowMs = Date.now()) {
      const fence = randomUUID()
      const claim = await read((tx) => claimSend(tx, { tenantId, messageId, fence, nowMs }))
      if (claim.kind !== 'send') return claim
      await read((tx) => settleSend(tx, { tenantId, envelope: claim.envelope, fence, outcome, nowMs }))
      return claim
    },
    /** Publishes and switches on a flow. */
    async flow(definition: unknown): Promise<string> {
      const flowId = newId()
      const versionId = newId()
      await read(async (tx) => {
        await tx.run(sql`
          insert into flows (id, tenant_id, name, enabled, priority, draft, published_version_id)
          values (${flowId}, ${tenantId}, 'Flow', true, 100, ${JSON.stringify(definition)}, ${versionId})`)
        await tx.run(sql`
          insert into flow_versions (id, tenant_id, flow_id, number, definition)
          values (${versionId}, ${tenantId}, ${flowId}, 1, ${JSON.stringify(definition)})`)
      })
      return flowId
    },
    runs: () =>
      read((tx) =>
        tx.rows<{
          id: string
          state: string
          posture: string
          outcome: string | null
          rings: number
          rung: number
        }>(sql`
          select id, state, posture, outcome, rings, rung from runs order by started_at, id`),
      ),
  }
}
