import { z } from '@hono/zod-openapi'
import { Conversation } from '#domain/conversations/schema.ts'
import { TagConversations, TaggedConversations } from '#domain/tags/schema.ts'
import { getConversation } from '#infra/db/stores/conversation-list.ts'
import { tagConversations } from '#infra/db/stores/conversation-tags.ts'
import { acting, type RequestContext } from '../acting.ts'
import { audited, feature, found, Id, inTenant, json, jsonBody, route } from '../routing.ts'

const TAGS = ['Conversations']
const TagParam = z.strictObject({ id: Id, tagId: Id })

const addRoute = route({
  method: 'post',
  path: '/{id}/tags/{tagId}',
  access: 'conversations.reply',
  tags: TAGS,
  summary: 'Put a tag on a conversation (CONV-15)',
  request: { params: TagParam },
  responses: { 200: json(Conversation, 'The conversation.') },
})

const removeRoute = route({
  method: 'delete',
  path: '/{id}/tags/{tagId}',
  access: 'conversations.reply',
  tags: TAGS,
  summary: 'Take a tag off a conversation',
  request: { params: TagParam },
  responses: { 200: json(Conversation, 'The conversation.') },
})

const manyRoute = route({
  method: 'post',
  path: '/tags',
  access: 'conversations.reply',
  tags: TAGS,
  summary: 'Put tags on many conversations at once, and take others off (CONV-19)',
  request: { body: jsonBody(TagConversations) },
  responses: { 200: json(TaggedConversations, 'What is different now.') },
})

function change(c: RequestContext, { id, tagId }: z.infer<typeof TagParam>, verb: 'tag' | 'untag') {
  return inTenant(c, async (tx) => {
    const [add, remove] = verb === 'tag' ? [[tagId], []] : [[], [tagId]]
    await tagConversations(tx, acting(c), { conversationIds: [id], add, remove })
    await audited(c, tx, {
      action: `conversations.${verb}`,
      subject: { type: 'conversation', id },
      detail: { tagId },
    })
    return found(await getConversation(tx, id), 'conversation')
  })
}

export const conversationTagsApi = () =>
  feature()
    .openapi(addRoute, async (c) => c.json(await change(c, c.req.valid('param'), 'tag'), 200))
    .openapi(removeRoute, async (c) => c.json(await change(c, c.req.valid('param'), 'untag'), 200))
    .openapi(manyRoute, async (c) => {
      const input = c.req.valid('json')
      const { conversationIds, add, remove } = input
      const changed = await inTenant(c, async (tx) => {
        const done = await tagConversations(tx, acting(c), input)
        const subject = { type: 'tenant', id: c.get('principal').tenantId } as const
        const detail = { conversations: conversationIds.length, add, remove }
        await audited(c, tx, { action: 'conversations.tag_many', subject, detail })
        return done
      })
      return c.json(changed, 200)
    })
export type ConversationTagsApi = ReturnType<typeof conversationTagsApi>
