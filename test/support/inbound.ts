import type { InboundContent } from '#domain/messages/schema.ts'
import { takeInMessages } from '#infra/db/stores/mailbox/intake.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import type { Product, TestTenant } from './product.ts'

/** A contact who can be reached on the tenant's number. */
export async function makeContact(product: Product, tenant: TestTenant, name = 'Ana'): Promise<string> {
  const contactId = newId()
  const phone = `254${String(Number.parseInt(contactId.slice(-8), 16))
    .padStart(10, '0')
    .slice(-9)}`
  await product.db.tenant(tenant.tenantId, async (tx) => {
    await tx.run(sql`
      insert into contacts (id, tenant_id, name, phone) values (${contactId}, ${tenant.tenantId}, ${name}, ${`+${phone}`})`)
    await tx.run(sql`
      insert into contact_identities (id, tenant_id, contact_id, channel_kind, business_account_id, external_id, type)
      select ${newId()}, ${tenant.tenantId}, ${contactId}, kind, business_account_id, ${phone}, 'phone' from channels
      where id = ${tenant.channelId}`)
  })
  return contactId
}

/** The contact writes; what comes of it in the mailbox is as after a webhook. @returns the conversation. */
export async function receive(
  product: Product,
  tenant: TestTenant,
  { contactId, messages }: { contactId: string; messages: readonly (string | InboundContent)[] },
): Promise<{ conversationId: string; externalIds: string[] }> {
  const { tenantId, channelId } = tenant
  const nowMs = product.clock.ms
  const placed = messages.map((content) => ({
    id: newId(),
    externalId: `wamid.${newId()}`,
    sentAtMs: nowMs,
    content: typeof content === 'string' ? ({ kind: 'text', text: content } as const) : content,
  }))
  const conversationId = await product.db.tenant(tenantId, async (tx) => {
    await takeInMessages(tx, { tenantId, channelId, contactId, messages: placed, nowMs, reopenWindowMs: 0 })
    const row = await tx.row<{ id: string }>(sql`
      select conversation_id as id from messages where id = ${placed[0]!.id}`)
    return row!.id
  })
  return { conversationId, externalIds: placed.map(({ externalId }) => externalId) }
}
