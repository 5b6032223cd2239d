import { request } from 'undici'
import type { InboundContent } from '#domain/messages/schema.ts'
import { type Db, sql } from '#infra/db/tx.ts'
import { splitWebhook } from '#infra/providers/whatsapp/split.ts'
import type { Played } from './write-house.ts'

type Line = { tenantId: string; channelId: string; phoneNumberId: string; businessAccountId: string }
type Words = { from: string; name: string; id?: string; text: string; atMs?: number }

/**
 * Lets the customers of the demo write from the phone simulator. What is in the threads already is told under the same id
 * and marked as known before, so that it opens the window over there and is not taken in a second time; newcomers
 * really write, and flows answer them. Where something else than the simulator listens, nothing happens.
 */
export async function playOnPhones(
  { db, graphUrl }: { db: Db; graphUrl: string },
  { line, played, greeting }: { line: Line; played: Played; greeting: string },
): Promise<void> {
  if (!(await isSimulator(graphUrl))) return
  for (const { actor, words } of played.lastWords) {
    const said: Words = {
      from: actor.externalId,
      name: actor.name,
      id: words.externalId,
      text: textOf(words.content),
      atMs: words.atMs,
    }
    await markKnown(db, line, said)
    await write(graphUrl, line, said)
  }
  for (const actor of played.newcomers)
    await write(graphUrl, line, { from: actor.externalId, name: actor.name, text: greeting })
}

async function isSimulator(graphUrl: string): Promise<boolean> {
  const { hostname } = new URL(graphUrl)
  if (hostname !== 'localhost' && hostname !== '127.0.0.1' && hostname !== '[::1]') return false
  try {
    const answer = await request(`${graphUrl}/control/clock`, { headersTimeout: 2_000 })
    await answer.body.dump()
    return answer.statusCode === 200
  } catch {
    return false
  }
}

/** A phone shows words; what was sent as a picture is told as its caption. */
function textOf(content: InboundContent): string {
  if (content.kind === 'text') return content.text
  if (content.kind === 'tap') return content.title
  return 'caption' in content && content.caption !== undefined ? content.caption : '…'
}

const messageOf = ({ from, id, text, atMs }: Words) => ({
  ...(id === undefined ? {} : { id }),
  ...(atMs === undefined ? {} : { timestamp: String(Math.floor(atMs / 1_000)) }),
  from,
  type: 'text',
  text: { body: text },
})

async function markKnown(db: Db, { tenantId, channelId, phoneNumberId, businessAccountId }: Line, words: Words) {
  const metadata = { phone_number_id: phoneNumberId, display_phone_number: '' }
  const value = { messaging_product: 'whatsapp', metadata, messages: [messageOf(words)] }
  const entry = [{ id: businessAccountId, changes: [{ field: 'messages', value }] }]
  const { items } = splitWebhook(Buffer.from(JSON.stringify({ object: 'whatsapp_business_account', entry })))
  await db.tenant(tenantId, async (tx) => {
    for (const { key } of items) {
      await tx.run(sql`
        insert into inbound_keys (tenant_id, channel_id, key) values (${tenantId}, ${channelId}, ${key}) on conflict do nothing`)
    }
  })
}

async function write(graphUrl: string, { phoneNumberId }: Line, words: Words): Promise<void> {
  const answer = await request(`${graphUrl}/control/phones/${encodeURIComponent(words.from)}/messages`, {
    method: 'POST',
    body: JSON.stringify({ to: phoneNumberId, profile: { name: words.name }, message: messageOf(words) }),
    headersTimeout: 5_000,
  })
  await answer.body.dump()
}
