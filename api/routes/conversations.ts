import { z } from '@hono/zod-openapi'
import {
  AssignConversation,
  CloseConversation,
  Conversation,
  ConversationCounts,
  ConversationPage,
  ConversationQuery,
  HandBack,
  ReleaseHeld,
  SnoozeConversation,
  TakeOver,
} from '#domain/conversations/schema.ts'
import { DomainError } from '#domain/errors.ts'
import type { Permission } from '#domain/permissions/catalogue.ts'
import {
  countConversations,
  getConversation,
  listConversations,
  requireEpoch,
} from '#infra/db/stores/conversation-list.ts'
import { releaseHeld } from '#infra/db/stores/mailbox/held.ts'
import {
  assign,
  closeConversation,
  handBack,
  markRead,
  type PeopleInput,
  reopen,
  snooze,
  takeOver,
} from '#infra/db/stores/mailbox/people.ts'
import { markReadAbout } from '#infra/db/stores/notifications.ts'
import type { Tx } from '#infra/db/tx.ts'
import { acting, type RequestContext } from '../acting.ts'
import { audited, feature, found, IdParam, inTenant, json, jsonBody, pageFrom, readCursor, route } from '../routing.ts'

const TAGS = ['Conversations']

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'conversations.read',
  tags: TAGS,
  summary: 'The inbox, the last written to first',
  request: { query: ConversationQuery },
  responses: { 200: json(ConversationPage, 'A page of conversations.') },
})

const countsRoute = route({
  method: 'get',
  path: '/counts',
  access: 'conversations.read',
  tags: TAGS,
  summary: 'How many open conversations each view has',
  responses: { 200: json(ConversationCounts, 'The counts.') },
})

const getRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'conversations.read',
  tags: TAGS,
  summary: 'A conversation with its runs that are not over',
  request: { params: IdParam },
  responses: { 200: json(Conversation, 'The conversation.') },
})

const verbRoute = <const V extends string, B extends z.ZodType>(
  verb: V,
  body: B,
  { access, summary, peopleOnly = false }: { access: Permission; summary: string; peopleOnly?: boolean },
) =>
  route({
    method: 'post',
    path: `/{id}/${verb}`,
    access,
    peopleOnly,
    tags: TAGS,
    summary,
    request: { params: IdParam, body: jsonBody(body) },
    responses: { 200: json(Conversation, 'The conversation as it stands now.') },
  })

const Nothing = z.strictObject({})
const reply = 'conversations.reply'

const takeOverRoute = verbRoute('take-over', TakeOver, {
  access: reply,
  summary: 'Take the conversation; the bot falls silent',
  peopleOnly: true,
})
const handBackRoute = verbRoute('hand-back', HandBack, { access: reply, summary: 'Hand back to the bot' })
const assignRoute = verbRoute('assign', AssignConversation, {
  access: 'conversations.assign',
  summary: 'Give the conversation to a member, or back to the queue (INB-04, INB-07)',
})
const closeRoute = verbRoute('close', CloseConversation, { access: reply, summary: 'Close the conversation' })
const reopenRoute = verbRoute('reopen', Nothing, { access: reply, summary: 'Open a closed conversation again' })
const snoozeRoute = verbRoute('snooze', SnoozeConversation, {
  access: reply,
  summary: 'Hide until an instant or the next message',
})
const readRoute = verbRoute('read', Nothing, { access: reply, summary: 'Mark as read for everybody' })
const releaseHeldRoute = verbRoute('release-held', ReleaseHeld, {
  access: 'conversations.manage',
  summary: 'Release held messages and lift the block (CONV-12)',
})

/** What every verb is told; the body's epoch, where given, must be the one in force. */
function peopleInput(c: RequestContext, conversationId: string): PeopleInput {
  return { ...acting(c), conversationId, requestId: c.get('requestId') }
}

/** Runs a verb under the conversation's lock and answers with what came of it. */
function act(
  c: RequestContext,
  id: string,
  epoch: number | undefined,
  verb: (tx: Tx, input: PeopleInput) => Promise<unknown>,
) {
  return inTenant(c, async (tx) => {
    await requireEpoch(tx, id, epoch)
    await verb(tx, peopleInput(c, id))
    return found(await getConversation(tx, id), 'conversation')
  })
}

function ownPerson(c: RequestContext): string {
  const { personId } = c.get('principal')
  if (personId === undefined) throw new DomainError('forbidden', 'Only a person can have a conversation.')
  return personId
}

export const conversationsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor, ...filters } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const { personId } = c.get('principal')
      const rows = await inTenant(c, (tx) => listConversations(tx, { ...filters, personId, limit: limit + 1, after }))
      const page = pageFrom(c, { rows, limit, positionOf: (row) => row.position })
      return c.json({ ...page, items: page.items.map((row) => row.summary) }, 200)
    })
    .openapi(countsRoute, async (c) => {
      const { personId } = c.get('principal')
      return c.json(await inTenant(c, (tx) => countConversations(tx, personId)), 200)
    })
    .openapi(getRoute, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(found(await inTenant(c, (tx) => getConversation(tx, id)), 'conversation'), 200)
    })
    .openapi(takeOverRoute, async (c) => {
      const personId = ownPerson(c)
      const { epoch } = c.req.valid('json')
      const { id } = c.req.valid('param')
      return c.json(await act(c, id, epoch, (tx, input) => takeOver(tx, { ...input, personId })), 200)
    })
    .openapi(handBackRoute, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(await act(c, id, c.req.valid('json').epoch, handBack), 200)
    })
    .openapi(assignRoute, async (c) => {
      const { epoch, personId } = c.req.valid('json')
      const { id } = c.req.valid('param')
      return c.json(await act(c, id, epoch, (tx, input) => assign(tx, { ...input, personId })), 200)
    })
    .openapi(closeRoute, async (c) => {
      const { epoch, reason } = c.req.valid('json')
      const { id } = c.req.valid('param')
      return c.json(await act(c, id, epoch, (tx, input) => closeConversation(tx, { ...input, reason })), 200)
    })
    .openapi(reopenRoute, async (c) => {
      const { id } = c.req.valid('param')
      return c.json(await act(c, id, undefined, reopen), 200)
    })
    .openapi(snoozeRoute, async (c) => {
      const { epoch, until } = c.req.valid('json')
      const { id } = c.req.valid('param')
      const untilMs = until === null ? null : Date.parse(until)
      if (untilMs !== null && untilMs <= c.get('deps').clock.nowMs()) {
        throw new DomainError('invalid_input', 'A snooze ends in the future.', {
          errors: [{ path: '/until', code: 'in_the_past', message: 'This instant has passed.' }],
        })
      }
      const instant = untilMs === null ? null : new Date(untilMs)
      return c.json(await act(c, id, epoch, (tx, input) => snooze(tx, { ...input, until: instant })), 200)
    })
    .openapi(readRoute, async (c) => {
      const { id } = c.req.valid('param')
      const { personId } = c.get('principal')
      const conversation = await act(c, id, undefined, async (tx, input) => {
        await markRead(tx, input)
        if (personId !== undefined) await markReadAbout(tx, { personId, conversationId: id })
      })
      return c.json(conversation, 200)
    })
    .openapi(releaseHeldRoute, async (c) => {
      const { id } = c.req.valid('param')
      const conversation = await act(c, id, undefined, async (tx, input) => {
        await releaseHeld(tx, { ...input, dueOnly: false })
        await audited(c, tx, { action: 'conversations.release_held', subject: { type: 'conversation', id } })
      })
      return c.json(conversation, 200)
    })
export type ConversationsApi = ReturnType<typeof conversationsApi>
