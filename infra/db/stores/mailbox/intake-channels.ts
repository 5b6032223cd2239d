import { DEFAULT_TIMES } from '#domain/tenants/conversation-times.ts'
import { sql, type Tx } from '../../tx.ts'
import type { IntakeChannel } from './contact-of.ts'

/** The channels that items come in by, as intake needs them. */
export type IntakeChannels = { of: (tx: Tx, channelId: string, nowMs: number) => Promise<IntakeChannel> }

/** A changed setting is seen after so long; the kind and the account of a channel never change. */
const KEPT_MS = 5_000
/** Once a minute is exact enough for people, and a busy number's row is not written by every message. */
const NOTED_EVERY_MS = 60_000

type Kept = { channel: IntakeChannel; readAtMs: number; notedAtMs: number }

export function createIntakeChannels(keptMs = KEPT_MS): IntakeChannels {
  const kept = new Map<string, Kept>()

  return {
    async of(tx, channelId, nowMs) {
      const known = kept.get(channelId)
      const fresh = known !== undefined && nowMs - known.readAtMs < keptMs
      const channel = fresh ? known.channel : await read(tx, channelId)
      const quiet = known === undefined || nowMs - known.notedAtMs >= NOTED_EVERY_MS
      if (quiet) await noteInbound(tx, channelId)
      kept.set(channelId, {
        channel,
        readAtMs: fresh ? known.readAtMs : nowMs,
        notedAtMs: quiet ? nowMs : known.notedAtMs,
      })
      return channel
    },
  }
}

type Row = { id: string; kind: string; business_account_id: string; reopen_ms: number | null }

async function read(tx: Tx, channelId: string): Promise<IntakeChannel> {
  const row = await tx.row<Row>(sql`
    select c.id, c.kind, c.business_account_id, (t.settings ->> 'reopenWindowMs')::bigint as reopen_ms
    from channels c join tenants t on t.id = c.tenant_id where c.id = ${channelId}`)
  if (row === undefined) throw new Error(`channel ${channelId} is not there`)
  return {
    id: row.id,
    kind: row.kind,
    businessAccountId: row.business_account_id,
    reopenWindowMs: row.reopen_ms ?? DEFAULT_TIMES.reopenWindowMs,
  }
}

const noteInbound = (tx: Tx, channelId: string) =>
  tx.run(sql`
    update channels set last_inbound_at = now()
    where id = ${channelId} and (last_inbound_at is null or last_inbound_at < now() - interval '50 seconds')`)
