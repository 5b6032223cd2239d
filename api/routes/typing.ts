import { z } from 'zod'
import { getConversation } from '#infra/db/stores/conversation-list.ts'
import { noteTyping } from '#infra/db/stores/mailbox/read-marks.ts'
import { feature, found, IdParam, inTenant, jsonBody, NO_CONTENT, route } from '../routing.ts'

const typingRoute = route({
  method: 'post',
  path: '/{id}/typing',
  access: 'conversations.reply',
  tags: ['Conversations'],
  summary: 'Show the contact that an answer is being written; at most once in 20 seconds, best effort',
  request: { params: IdParam, body: jsonBody(z.strictObject({})) },
  responses: NO_CONTENT,
})

export const typingApi = () =>
  feature().openapi(typingRoute, async (c) => {
    const { id: conversationId } = c.req.valid('param')
    const { tenantId } = c.get('principal')
    await inTenant(c, async (tx) => {
      found(await getConversation(tx, conversationId), 'conversation')
      await noteTyping(tx, { tenantId, conversationId, nowMs: c.get('deps').clock.nowMs() })
    })
    return c.body(null, 204)
  })
export type TypingApi = ReturnType<typeof typingApi>
