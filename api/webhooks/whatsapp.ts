import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { secretsEqual } from '#infra/crypto/tokens.ts'
import { audit } from '#infra/db/stores/audit.ts'
import { storeInbound } from '#infra/db/stores/inbound.ts'
import { metrics } from '#infra/metrics.ts'
import { laneOf } from '#infra/providers/whatsapp/lanes.ts'
import { verifySignature } from '#infra/providers/whatsapp/signature.ts'
import { type SplitItem, splitWebhook } from '#infra/providers/whatsapp/split.ts'
import type { ApiDeps, AppEnv } from '../deps.ts'
import { readBody } from '../middleware/body-limit.ts'
import { isTimeFor } from '../seldom.ts'
import { createChannelLookup, type WebhookChannel } from './channel-lookup.ts'

const BODY_MAX_BYTES = 4 * 1024 * 1024

/**
 * What a provider posts: verified, stored, acknowledged; nothing else happens before the answer. No conversation is
 * touched and Temporal is not called, so that a slow or absent house loses nothing.
 */
export function whatsappWebhooks(deps: ApiDeps) {
  const channelOf = createChannelLookup({
    db: deps.db,
    keyRing: deps.keyRing,
    nowMs: deps.clock.nowMs,
    ...(deps.settings.remembers === false && { keptMs: 0 }),
  })
  const app = new OpenAPIHono<AppEnv>()

  app.get('/:key', async (c) => {
    const channel = await channelOf(c.req.param('key'))
    const token = c.req.query('hub.verify_token') ?? ''
    const challenge = c.req.query('hub.challenge') ?? ''
    const asked = c.req.query('hub.mode') === 'subscribe' && /^[\w.~-]{1,256}$/.test(challenge)
    if (channel === undefined || channel.verifyToken === '' || !asked || !secretsEqual(token, channel.verifyToken)) {
      throw new DomainError('forbidden', 'The verification token is not the one of this address.')
    }
    return c.text(challenge)
  })

  app.post('/:key', async (c) => {
    const body = await readBody(c, BODY_MAX_BYTES)
    const channel = await lookUp(c.req.param('key'))
    const header = c.req.header('x-hub-signature-256')
    if (channel === undefined || !verifySignature({ raw: body, header, appSecrets: [channel.appSecret] })) {
      metrics.acknowledged.inc({ outcome: 'refused' })
      throw new DomainError('signature_invalid', 'The signature does not fit the body.')
    }
    const { items, unparsable } = splitWebhook(body)
    const foreign = items.find((item) => channelIdOf(item, channel) === undefined)
    if (foreign !== undefined) await refuseForeign(c, channel, foreign.phoneNumberId)
    const placed = items.map((item) => place(item, channel))
    try {
      await deps.db.tenant(channel.tenantId, (tx) =>
        storeInbound(tx, { tenantId: channel.tenantId, channelId: channel.id, body, items: placed }),
      )
    } catch (error) {
      // Not stored is not acknowledged: the provider tries again.
      deps.log.error({ err: error, requestId: c.get('requestId') }, 'an inbound body could not be stored')
      throw new DomainError('unavailable', 'The body could not be stored; send it again.', { retryAfterMs: 5_000 })
    }
    metrics.acknowledged.inc({ outcome: unparsable === undefined ? 'stored' : 'unparsable' })
    return c.text('ok')
  })

  return app

  async function lookUp(key: string): Promise<WebhookChannel | undefined> {
    try {
      return await channelOf(key)
    } catch (error) {
      deps.log.error({ err: error }, 'the channel of a webhook could not be looked up')
      throw new DomainError('unavailable', 'The channel could not be looked up; send it again.', {
        retryAfterMs: 5_000,
      })
    }
  }
}

/** A signature is of an app, and an app may serve several numbers: those of the tenant are taken, others refused. */
const channelIdOf = ({ phoneNumberId }: SplitItem, channel: WebhookChannel): string | undefined =>
  phoneNumberId === undefined ? channel.id : channel.siblings.get(phoneNumberId)

function place(item: SplitItem, channel: WebhookChannel) {
  return { key: item.key, kind: item.kind, lane: laneOf(item), channelId: channelIdOf(item, channel)!, item: item.item }
}

/** Whoever holds the secret of one number speaks for another. It is written down, seldom: a provider asks again for days. */
async function refuseForeign(
  c: Context<AppEnv>,
  { id, tenantId }: WebhookChannel,
  phoneNumberId: string | undefined,
): Promise<never> {
  const deps = c.get('deps')
  if (isTimeFor(deps, `foreign number ${id}`)) {
    const act = { action: 'channels.foreign_number', subject: { type: 'channel', id }, detail: { phoneNumberId } }
    const entry = { ...act, tenantId, actor: { kind: 'system' }, requestId: c.get('requestId') } as const
    await deps.db.tenant(tenantId, (tx) => audit(tx, entry))
  }
  throw new DomainError('channel_mismatch', 'The body speaks of a number that is not connected to this address.')
}
