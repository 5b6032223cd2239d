import { Message, MessagePage, ThreadQuery, WriteReply } from '#domain/conversations/schema.ts'
import { PageQuery } from '#domain/paging.ts'
import { getConversation } from '#infra/db/stores/conversation-list.ts'
import { retryMessage, writeReply } from '#infra/db/stores/mailbox/reply.ts'
import { noteFilesSent, requireSendableFiles } from '#infra/db/stores/media-files.ts'
import { placeOwnReaction } from '#infra/db/stores/own-reactions.ts'
import { assertQuota } from '#infra/db/stores/quotas.ts'
import { getRun } from '#infra/db/stores/runs.ts'
import { completeTemplate } from '#infra/db/stores/templates.ts'
import { getMessage, messagesOfRun, readThread } from '#infra/db/stores/thread.ts'
import { acting } from '../acting.ts'
import { audited, feature, found, IdParam, inTenant, json, jsonBody, pageFrom, readCursor, route } from '../routing.ts'

const TAGS = ['Messages']

const threadRoute = route({
  method: 'get',
  path: '/conversations/{id}/messages',
  access: 'conversations.read',
  tags: TAGS,
  summary: 'A thread, newest first; `nextCursor` is the next `before`',
  request: { params: IdParam, query: ThreadQuery },
  responses: { 200: json(MessagePage, 'A page of messages.') },
})

const runRoute = route({
  method: 'get',
  path: '/runs/{id}/messages',
  access: 'conversations.read',
  tags: TAGS,
  summary: 'What a run wrote, in order',
  request: { params: IdParam, query: PageQuery },
  responses: { 200: json(MessagePage, 'A page of messages.') },
})

const replyRoute = route({
  method: 'post',
  path: '/conversations/{id}/messages',
  access: 'conversations.reply',
  tags: TAGS,
  summary: 'Write to the contact; the same clientId writes once',
  request: { params: IdParam, body: jsonBody(WriteReply) },
  responses: {
    200: json(Message, 'The message that this clientId wrote before.'),
    201: json(Message, 'The message, queued.'),
  },
})

const retryRoute = route({
  method: 'post',
  path: '/messages/{id}/retry',
  access: 'conversations.reply',
  tags: TAGS,
  summary: 'Send a failed message once more',
  request: { params: IdParam },
  responses: { 200: json(Message, 'The message, queued again.') },
})

export const messagesApi = () =>
  feature()
    .openapi(threadRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, before, after } = c.req.valid('query')
      const rows = await inTenant(c, async (tx) => {
        found(await getConversation(tx, id), 'conversation')
        return readThread(tx, { conversationId: id, limit: limit + 1, before, after })
      })
      // Reading on from a message gives what follows it; the screen asks again until nothing is left.
      const upward = before === undefined && after !== undefined
      const items = upward ? rows.slice(-limit) : rows.slice(0, limit)
      const edge = upward ? items.at(0) : items.at(-1)
      return c.json({ items, nextCursor: rows.length > limit && edge ? edge.id : null }, 200)
    })
    .openapi(runRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, async (tx) => {
        found(await getRun(tx, id), 'run')
        return messagesOfRun(tx, { runId: id, limit: limit + 1, after })
      })
      return c.json(pageFrom(c, { rows, limit, positionOf: (message) => [message.id] }), 200)
    })
    .openapi(replyRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { content, replyTo, clientId } = c.req.valid('json')
      const { message, repeated } = await inTenant(c, async (tx) => {
        const complete = await completeTemplate(tx, { conversationId: id, content })
        await requireSendableFiles(tx, complete)
        await assertQuota(tx, c.get('principal').tenantId, 'messages')
        const written = await writeReply(tx, {
          ...acting(c),
          conversationId: id,
          content: complete,
          clientId,
          ...(replyTo === undefined ? {} : { replyToMessageId: replyTo }),
          nowMs: c.get('deps').clock.nowMs(),
        })
        await noteFilesSent(tx, { tenantId: c.get('principal').tenantId, conversationId: id }, complete)
        if (content.kind === 'reaction' && !written.repeated) {
          const place = {
            tenantId: c.get('principal').tenantId,
            conversationId: id,
            nowMs: c.get('deps').clock.nowMs(),
          }
          await placeOwnReaction(tx, { ...place, externalId: content.messageExternalId, emoji: content.emoji })
        }
        return { message: found(await getMessage(tx, written.messageId), 'message'), repeated: written.repeated }
      })
      return repeated ? c.json(message, 200) : c.json(message, 201)
    })
    .openapi(retryRoute, async (c) => {
      const { id } = c.req.valid('param')
      const message = await inTenant(c, async (tx) => {
        await retryMessage(tx, { tenantId: c.get('principal').tenantId, messageId: id })
        await audited(c, tx, { action: 'messages.retry', subject: { type: 'message', id } })
        return found(await getMessage(tx, id), 'message')
      })
      return c.json(message, 200)
    })
export type MessagesApi = ReturnType<typeof messagesApi>
