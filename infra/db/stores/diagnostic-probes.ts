import { hashToken } from '#infra/crypto/tokens.ts'
import { isObject } from '#infra/providers/whatsapp/split.ts'
import { sql, type Tx } from '../tx.ts'
import type { StoredItem } from './inbound.ts'

/** A probe is about to leave: only its hash is kept, and only for as long as its check runs. */
export async function noteProbe(tx: Tx, { checkId, token }: { checkId: string; token: string }): Promise<void> {
  await tx.run(sql`
    update diagnostic_checks set probe_hash = ${hashToken(token)}, probe_taken_at = null
    where id = ${checkId} and status = 'running'`)
}

/** Whether the dispatcher has taken the probe of a check. */
export async function isProbeTaken(tx: Tx, checkId: string): Promise<boolean> {
  const row = await tx.row<{ taken: boolean }>(sql`
    select probe_taken_at is not null as taken from diagnostic_checks where id = ${checkId}`)
  return row?.taken ?? false
}

/**
 * Takes probes in: one that a running check of this number has sent is marked there and vanishes, body and all. Any other,
 * whoever signed it, is done with and nothing comes of it: no contact, no conversation, no event.
 */
export async function takeProbes(
  tx: Tx,
  { tenantId, channelId, items }: { tenantId: string; channelId: string; items: readonly StoredItem[] },
): Promise<void> {
  for (const { id, item } of items) {
    const token = tokenOf(item)
    const isOurs =
      token !== undefined &&
      (await tx.run(sql`
        update diagnostic_checks set probe_taken_at = now() where tenant_id = ${tenantId} and channel_id = ${channelId}
          and probe_hash = ${hashToken(token)} and probe_taken_at is null and status = 'running'`)) === 1
    if (isOurs) await vanish(tx, id)
    else {
      await tx.run(sql`
        update inbound_events set state = 'done', done_at = now(), error = 'unknown_probe' where id = ${id}`)
    }
  }
}

const vanish = (tx: Tx, itemId: string) =>
  tx.run(sql`
    with item as (delete from inbound_events where id = ${itemId} returning body_id)
    delete from inbound_bodies where id in (select body_id from item)`)

function tokenOf(item: unknown): string | undefined {
  const body = isObject(item) ? item['body'] : undefined
  const probe = isObject(body) ? body['probe'] : undefined
  return typeof probe === 'string' && probe.length <= 100 ? probe : undefined
}
