import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { EventType } from '#domain/events/schema.ts'
import { CreateWebhookSubscription } from '#domain/webhooks/schema.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { appendEvents } from '#infra/db/stores/events.ts'
import { numberEvents } from '#infra/db/stores/sequencer.ts'
import { createSubscription } from '#infra/db/stores/webhook-subscriptions.ts'
import { type Db, sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { createLogger } from '#infra/log.ts'
import { hintOf, newWebhookSecret, sealWebhookSecret } from '#infra/webhooks/secrets.ts'
import { fanOutEvents } from '#worker/webhooks.ts'

export type Received = { id: string; headers: IncomingHttpHeaders; body: string; path: string }
export type ReceiverAnswer = { status: number; headers?: Record<string, string>; body?: string } | 'hang'

/** Somebody else's server on the loopback. It keeps what it got and answers as it is told, by the path. */
export async function openReceiver(answer: (received: Received) => ReceiverAnswer = () => ({ status: 204 })) {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const one = {
      id: String(request.headers['webhook-id']),
      headers: request.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      path: request.url ?? '',
    }
    received.push(one)
    const said = answer(one)
    if (said === 'hang') return
    response.writeHead(said.status, said.headers).end(said.body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const origin = `http://127.0.0.1:${address.port}`
  return {
    origin,
    received,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * The public scheme of Standard Webhooks, written from its specification: base64 HMAC-SHA256 over id, instant and body
 * under the bytes of the secret, five minutes of tolerance, any one of the signatures will do.
 */
export function verifyStandard(secret: string, { headers, body }: Pick<Received, 'headers' | 'body'>, nowMs: number) {
  const header = (name: string) => String(headers[name] ?? '')
  const seconds = Number(header('webhook-timestamp'))
  if (!Number.isInteger(seconds) || Math.abs(nowMs / 1_000 - seconds) > 300) return false
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const expected = createHmac('sha256', key)
    .update(`${header('webhook-id')}.${header('webhook-timestamp')}.${body}`)
    .digest('base64')
  return header('webhook-signature')
    .split(' ')
    .some((signature) => signature === `v1,${expected}`)
}

type Wishes = Partial<CreateWebhookSubscription> & { url: string }

/** A subscription as the API makes one. */
export async function subscribe(
  { db, keyRing }: { db: Db; keyRing: KeyRing },
  tenantId: string,
  wishes: Wishes,
): Promise<{ id: string; secret: string }> {
  const id = newId()
  const secret = newWebhookSecret()
  const { clientTls: _tls, ...input } = CreateWebhookSubscription.parse({
    name: 'Receiver',
    events: ['conversation.closed'],
    ...wishes,
  })
  const sealed = sealWebhookSecret(keyRing, { tenantId, subscriptionId: id, secret: 'secret' }, secret)
  await db.tenant(tenantId, (tx) =>
    createSubscription(
      tx,
      { tenantId, actor: { kind: 'system' } },
      { ...input, id, secret: sealed, secretHint: hintOf(secret), tls: null },
    ),
  )
  return { id, secret }
}

/** Lets something happen. @returns the ids of the events, in their order. */
export async function happen(
  db: Db,
  tenantId: string,
  events: readonly { type?: EventType; conversationId?: string; data?: Record<string, unknown> }[],
): Promise<string[]> {
  const rows = events.map(({ type = 'conversation.closed', conversationId = newId(), data = {} }) => ({
    id: newId(),
    tenantId,
    type,
    actor: { kind: 'system' } as const,
    subject: { type: 'conversation', id: conversationId } as const,
    conversationId,
    data,
  }))
  for (const row of rows) await db.tenant(tenantId, (tx) => appendEvents(tx, [row]))
  return rows.map(({ id }) => id)
}

const log = createLogger({ name: 'test', level: 'silent' })

/** Numbers what has happened and writes all deliveries of it. @returns how many. */
export async function fanOutAll(db: Db): Promise<number> {
  while ((await db.relay(numberEvents)) > 0);
  let written = 0
  for (;;) {
    const round = await fanOutEvents({ db, log })
    written += round.written
    if (!round.more) return written
  }
}

export type DeliveryRow = {
  id: string
  state: string
  failure: string | null
  attempts: number
  type: string
  body: string
}

export const deliveriesOf = (db: Db, tenantId: string, subscriptionId: string): Promise<DeliveryRow[]> =>
  db.tenant(tenantId, (tx) =>
    tx.rows<DeliveryRow>(sql`
      select message_id as id, state, failure, attempts, type, body from webhook_deliveries
      where subscription_id = ${subscriptionId} order by position nulls last, message_id`),
  )
