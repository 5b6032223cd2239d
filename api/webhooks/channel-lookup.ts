import type { KeyRing } from '#infra/crypto/keyring.ts'
import { type Db, sql } from '#infra/db/tx.ts'
import { openChannelSecret } from '#infra/providers/channel-secrets.ts'

export type WebhookChannel = {
  id: string
  tenantId: string
  phoneNumberId: string
  appSecret: string
  verifyToken: string
  /** Numbers of the same tenant: one webhook address may carry several. */
  siblings: ReadonlyMap<string, string>
}

/** How long a look-up is kept. A rotated secret is in force everywhere after this. */
const KEPT_MS = 5_000
const KEPT_MAX = 5_000

/** Finds the channel of a webhook address: as the relay for the tenant, then in the tenant's context for its secrets. */
export function createChannelLookup({
  db,
  keyRing,
  nowMs,
  keptMs = KEPT_MS,
}: {
  db: Db
  keyRing: KeyRing
  nowMs: () => number
  keptMs?: number | undefined
}) {
  const known = new Map<string, { channel: Promise<WebhookChannel | undefined>; untilMs: number }>()

  return function channelOf(webhookKey: string): Promise<WebhookChannel | undefined> {
    const kept = known.get(webhookKey)
    if (kept !== undefined && nowMs() < kept.untilMs) return kept.channel
    if (known.size >= KEPT_MAX) known.clear()
    const channel = load(webhookKey)
    known.set(webhookKey, { channel, untilMs: nowMs() + keptMs })
    // A failed look-up must not be remembered as an answer.
    channel.catch(() => known.delete(webhookKey))
    return channel
  }

  async function load(webhookKey: string): Promise<WebhookChannel | undefined> {
    const place = await db.relay((tx) =>
      tx.row<{ id: string; tenant_id: string }>(
        sql`select id, tenant_id from channels where webhook_key = ${webhookKey}`,
      ),
    )
    if (place === undefined) return undefined
    const { id, tenant_id: tenantId } = place
    return db.tenant(tenantId, async (tx) => {
      const numbers = await tx.rows<{ id: string; external_id: string; app_secret: Buffer; verify_token: Buffer }>(sql`
        select id, external_id, app_secret, verify_token from channels where kind = 'whatsapp_cloud'`)
      const own = numbers.find((number) => number.id === id)
      if (own === undefined) return undefined
      return {
        id,
        tenantId,
        phoneNumberId: own.external_id,
        appSecret: openChannelSecret(keyRing, { tenantId, channelId: id, secret: 'app_secret' }, own.app_secret),
        verifyToken: openChannelSecret(keyRing, { tenantId, channelId: id, secret: 'verify_token' }, own.verify_token),
        siblings: new Map(numbers.map((number) => [number.external_id, number.id])),
      }
    })
  }
}
