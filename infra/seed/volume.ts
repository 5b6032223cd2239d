import { type Db, sql } from '#infra/db/tx.ts'

export type VolumeRequest = {
  tenantId: string
  channelId: string
  /** Each with a contact of its own, because a contact has at most one that is open. */
  conversations: number
  /** In all; spread evenly. */
  messages: number
  nowMs: number
}

const CONVERSATIONS_PER_STATEMENT = 5_000

/**
 * Fills a tenant with many conversations, for measurements. The rows are made where they are stored, in batches, so that
 * a million messages take a minute and not an hour; what the mailbox would have done to them is not done.
 */
export async function seedVolume(db: Db, request: VolumeRequest): Promise<void> {
  const perConversation = Math.max(1, Math.round(request.messages / request.conversations))
  for (let from = 0; from < request.conversations; from += CONVERSATIONS_PER_STATEMENT) {
    const until = Math.min(from + CONVERSATIONS_PER_STATEMENT, request.conversations) - 1
    await seedBatch(db, { ...request, from, until, perConversation })
  }
}

type Batch = VolumeRequest & { from: number; until: number; perConversation: number }

async function seedBatch(db: Db, batch: Batch): Promise<void> {
  const { tenantId, channelId, from, until, perConversation, conversations } = batch
  const now = new Date(batch.nowMs)
  await db.tenant(tenantId, async (tx) => {
    const salt = `volume ${channelId}`
    await tx.run(sql`
      insert into contacts (id, tenant_id, name, phone, first_seen_at, last_seen_at)
      select overlay(overlay(md5(${salt} || ' contact ' || n) placing '8' from 13) placing '8' from 17)::uuid,
        ${tenantId},
        (array['Amina','José','Wanjiku','Mary','Ahmed','Lucía','Otieno','Grace','Diego','Fatima'])[1 + n % 10] || ' ' ||
        (array['Kamau','García','Hernández','Mwangi','Hassan','López','Achieng','Torres','Njeri','Rossi'])[1 + (n / 10) % 10] ||
        ' ' || n,
        '+2547' || lpad(n::text, 8, '0'), ${now}, ${now}
      from generate_series(${from}::int, ${until}::int) n on conflict do nothing`)
    // The newest are open and spread over all states, the rest are closed: as in a house that works.
    await tx.run(sql`
      insert into conversations (id, tenant_id, channel_id, contact_id, state, needs_people, unread_count, last_seq,
        handled_seq, first_message_at, last_message_at, last_message_preview, created_at, closed_at, window_expires_at)
      select overlay(overlay(md5(${salt} || ' conversation ' || n) placing '8' from 13) placing '8' from 17)::uuid,
        ${tenantId}, ${channelId},
        overlay(overlay(md5(${salt} || ' contact ' || n) placing '8' from 13) placing '8' from 17)::uuid,
        s.state, s.state = 'queued', case when n % 7 = 0 and s.state <> 'closed' then 1 + n % 3 else 0 end,
        ${perConversation}::int, ${perConversation}::int, t.at - interval '1 hour', t.at, 'Message ' || n, t.at - interval '1 hour',
        case when s.state = 'closed' then t.at end, t.at + interval '24 hours'
      from generate_series(${from}::int, ${until}::int) n,
        lateral (select ${now}::timestamptz - n * (interval '60 days' / ${conversations}::int) as at) t,
        lateral (select case when n % 10 < 6 then 'closed' else
          (array['bot','queued','assigned','snoozed'])[n % 10 - 5] end as state) s
      on conflict do nothing`)
    await tx.run(sql`
      insert into messages (id, tenant_id, conversation_id, contact_id, channel_id, direction, sender_type, kind, content, seq,
        state, sent_at, created_at)
      select (left(uuid_floor(t.at)::text, 13) || '-7' || substr(md5(${salt} || n || ' ' || m), 1, 3) || '-8' ||
          substr(md5(${salt} || m || ' ' || n), 1, 3) || '-' || substr(md5(${salt} || ' message ' || n || ' ' || m), 1, 12))::uuid,
        ${tenantId},
        overlay(overlay(md5(${salt} || ' conversation ' || n) placing '8' from 13) placing '8' from 17)::uuid,
        overlay(overlay(md5(${salt} || ' contact ' || n) placing '8' from 13) placing '8' from 17)::uuid,
        ${channelId},
        case when m % 2 = 1 then 'inbound' else 'outbound' end, case when m % 2 = 1 then 'contact' else 'flow' end, 'text',
        jsonb_build_object('kind', 'text', 'text', 'Message ' || m || ' of conversation ' || n || ', as long as most are.'),
        case when m % 2 = 1 then m end, case when m % 2 = 0 then 'read' end, t.at, t.at
      from generate_series(${from}::int, ${until}::int) n, generate_series(1, ${perConversation}::int) m,
        lateral (select ${now}::timestamptz - n * (interval '60 days' / ${conversations}::int)
          - (${perConversation}::int - m) * interval '1 minute' as at) t
      on conflict do nothing`)
  })
}
