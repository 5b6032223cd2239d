import { DomainError } from '#domain/errors.ts'
import type { TaggedConversations } from '#domain/tags/schema.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting } from './acting.ts'
import { appendEvents } from './events.ts'

type Tagging = { conversationIds: readonly string[]; add: readonly string[]; remove: readonly string[] }
type Pair = { conversationId: string; tagId: string; name: string }

/**
 * Puts tags on conversations and takes others off; what is so already stays so and tells nobody. All or nothing: one that
 * is not there refuses the rest.
 *
 * @returns how many pairs of a conversation and a tag are new, and how many are gone.
 * @throws DomainError not_found for a conversation, or for a tag that is to be put on.
 */
export async function tagConversations(
  tx: Tx,
  { tenantId, actor }: Acting,
  { conversationIds, add, remove }: Tagging,
): Promise<TaggedConversations> {
  await requireAll(tx, { conversationIds, add })
  const tagged = await tx.rows<Pair>(sql`
    with put as (
      insert into conversation_tags (tenant_id, conversation_id, tag_id)
      select ${tenantId}, v, t from unnest(${conversationIds}::uuid[]) v, unnest(${add}::uuid[]) t order by v, t
      on conflict do nothing returning conversation_id, tag_id)
    select p.conversation_id as "conversationId", p.tag_id as "tagId", t.name from put p join tags t on t.id = p.tag_id`)
  const untagged = await tx.rows<Pair>(sql`
    with gone as (
      delete from conversation_tags where conversation_id = any(${conversationIds}::uuid[]) and tag_id = any(${remove}::uuid[])
      returning conversation_id, tag_id)
    select g.conversation_id as "conversationId", g.tag_id as "tagId", t.name from gone g join tags t on t.id = g.tag_id`)
  const told = (type: 'conversation.tagged' | 'conversation.untagged') => (pair: Pair) => ({
    tenantId,
    type,
    actor,
    subject: { type: 'conversation' as const, id: pair.conversationId },
    conversationId: pair.conversationId,
    data: { tagId: pair.tagId, tag: pair.name },
  })
  await appendEvents(tx, [...tagged.map(told('conversation.tagged')), ...untagged.map(told('conversation.untagged'))])
  return { tagged: tagged.length, untagged: untagged.length }
}

async function requireAll(tx: Tx, { conversationIds, add }: Pick<Tagging, 'conversationIds' | 'add'>): Promise<void> {
  const conversations = await tx.rows(sql`
    select id from conversations where id = any(${conversationIds}::uuid[]) order by id for key share`)
  if (conversations.length < new Set(conversationIds).size) {
    throw new DomainError('not_found', 'There is no such conversation.')
  }
  const tags = await tx.rows(sql`select id from tags where id = any(${add}::uuid[]) order by id for key share`)
  if (tags.length < new Set(add).size) throw new DomainError('not_found', 'There is no such tag.')
}
