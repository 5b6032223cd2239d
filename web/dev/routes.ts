import type { Conversation, Message } from '../../domain/conversations/schema.ts'
import { labelledPreview } from '../../domain/messages/preview.ts'
import { BUILT_IN_PERMISSIONS, PERMISSIONS } from '../../domain/permissions/catalogue.ts'
import type { TagConversations } from '../../domain/tags/schema.ts'
import { more } from './more-routes.ts'
import { securityRoutes } from './security.ts'
import { iso, makeMessage, makeThread, members, person, tags, type World } from './world.ts'

export type Ask = {
  world: World
  method: string
  path: string
  query: URLSearchParams
  body: unknown
  mode: string
  publish: (event: Record<string, unknown>) => void
}
export type Answer = { status: number; body?: unknown; raw?: string; type?: string }

export const ok = (body: unknown, status = 200): Answer => ({ status, body })
export const problem = (status: number, code: string): Answer => ({
  status,
  body: {
    type: `/problems/${code}`,
    title: code,
    status,
    code,
    detail: code,
    errors: [],
    requestId: 'req-7d3f01a9',
  },
})

export function page<T>(items: readonly T[], query: URLSearchParams): Answer {
  const limit = Number(query.get('limit') ?? 50)
  const from = Number(query.get('cursor') ?? 0)
  const next = from + limit
  return ok({ items: items.slice(from, next), nextCursor: next < items.length ? String(next) : null })
}

const CUP =
  '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="320"><rect width="480" height="320" fill="#d9cbb8"/><ellipse cx="240" cy="262" rx="150" ry="18" fill="#b39f86"/><path d="M150 110h180l-18 140a20 20 0 0 1-20 18H188a20 20 0 0 1-20-18z" fill="#2f6f73"/><path d="M330 130h26a34 34 0 0 1 0 80h-34" fill="none" stroke="#2f6f73" stroke-width="18"/><path d="M228 110l14 40-20 34 26 40" stroke="#d9cbb8" stroke-width="6" fill="none"/></svg>'

export async function answer(ask: Ask): Promise<Answer> {
  const { method, path, mode } = ask
  const signedIn = path === '/me' || path.startsWith('/auth') || path === '/config'
  if (mode === 'signedout' && !path.startsWith('/auth')) return problem(401, 'unauthenticated')
  if (!signedIn && method === 'GET') {
    if (mode === 'fail') return problem(503, 'unavailable')
    if (mode === 'forbid') return problem(403, 'forbidden')
    if (
      mode === 'empty' &&
      /^\/(conversations|contacts|flows|runs|channels|audit|invitations|api-keys|request-log)$/.test(path)
    )
      return ok({ items: [], nextCursor: null })
  }
  if (path === '/conversations/counts') return ok(countsOf(mode === 'empty' ? [] : ask.world.conversations))
  return securityRoutes(ask) ?? account(ask) ?? conversations(ask) ?? more(ask) ?? problem(404, 'not_found')
}

function account({ method, path, body, mode }: Ask): Answer | undefined {
  const input = body as Record<string, string>
  if (path === '/auth/sign-in') {
    if (input['password'] === 'wrong') return problem(401, 'unauthenticated')
    return ok({ state: input['password'] === 'second' ? 'second_factor_required' : 'signed_in' })
  }
  if (path === '/invitations/open')
    return ok({ tenantName: 'Kahawa Roasters', email: 'peter@kahawa.example', hasAccount: false })
  if (path.startsWith('/auth') || path === '/me/tenant' || (path === '/me' && method === 'PATCH')) return ok({})
  if (path === '/me') {
    return ok({
      person: { ...person, preferences: {} },
      sessionId: 's1',
      tenant: { id: 't1', name: 'Kahawa Roasters', locale: 'en', timeZone: 'Africa/Nairobi', plan: 'default' },
      role: { id: 'r1', key: 'owner', name: 'Owner' },
      availability: 'online',
      permissions: mode === 'forbid' ? BUILT_IN_PERMISSIONS.viewer : PERMISSIONS,
      tenants: [
        { id: 't1', name: 'Kahawa Roasters' },
        { id: 't2', name: 'Kahawa Uganda' },
      ],
      secondFactor: { on: false, required: false },
      platform: mode !== 'forbid',
      support: null,
    })
  }
  if (path === '/config') {
    return ok({
      version: '0.1.0',
      openSignUp: true,
      passwordMin: 10,
      passwordMax: 256,
      temporalUiUrl: 'http://127.0.0.1:8233',
      temporalNamespace: 'default',
      phoneSimulatorUrl: 'http://127.0.0.1:4010',
      mailSimulatorUrl: null,
    })
  }
  return undefined
}

const countsOf = (rows: readonly Conversation[]) => {
  const open = rows.filter((row) => row.state !== 'closed')
  const of = (state: string) => open.filter((row) => row.state === state).length
  return {
    open: open.length,
    bot: of('bot'),
    queued: of('queued'),
    assigned: of('assigned'),
    snoozed: of('snoozed'),
    mine: open.filter((row) => row.owner.kind === 'user' && row.owner.id === person.id).length,
    unread: open.filter((row) => row.unreadCount > 0).length,
    needsPeople: open.filter((row) => row.needsPeople).length,
  }
}

function filtered(rows: readonly Conversation[], query: URLSearchParams): Conversation[] {
  const state = query.get('state') ?? 'open'
  const q = query.get('q')?.toLowerCase()
  return rows
    .filter((row) => (state === 'open' ? row.state !== 'closed' : row.state === state))
    .filter((row) => !query.has('unread') || row.unreadCount > 0)
    .filter((row) => !query.has('mine') || (row.owner.kind === 'user' && row.owner.id === person.id))
    .filter((row) => !query.has('needsPeople') || row.needsPeople)
    .filter((row) => !query.has('channelId') || row.channel.id === query.get('channelId'))
    .filter((row) => !query.has('contactId') || row.contact.id === query.get('contactId'))
    .filter((row) => !q || `${row.contact.name} ${row.lastMessagePreview}`.toLowerCase().includes(q))
}

export function threadOf(world: World, index: number): Message[] {
  const row = world.conversations[index]!
  const thread = world.messages.get(row.id) ?? makeThread(row, index)
  world.messages.set(row.id, thread)
  return thread
}

function conversations(ask: Ask): Answer | undefined {
  const { world, method, path, query, body, publish } = ask
  if (path === '/conversations') return page(filtered(world.conversations, query), query)
  if (path === '/conversations/tags') return tagMany(world, body as TagConversations)
  if (path.startsWith('/media/')) return { status: 200, raw: CUP }
  const [, id, verb] = /^\/conversations\/([^/]+)(?:\/([\w-]+))?$/.exec(path) ?? []
  const index = world.conversations.findIndex((row) => row.id === id)
  const row = world.conversations[index]
  if (!id) return undefined
  if (!row) return problem(404, 'not_found')
  if (!verb) return ok(row)
  const thread = threadOf(world, index)
  if (verb === 'messages' && method === 'GET') return threadPage(thread, query)
  if (verb === 'messages') return write(ask, row, thread)
  if (verb === 'release-held') for (const message of thread) message.held = null
  Object.assign(row, changeOf(verb, body as Record<string, unknown>, row))
  publish({ type: 'conversation.changed', subject: { type: 'conversation', id }, conversationId: id })
  return ok(row)
}

function tagMany(world: World, { conversationIds, add = [], remove = [] }: TagConversations): Answer {
  const put = tags.filter(({ id }) => add.includes(id)).map(({ id, name, color }) => ({ id, name, color }))
  const chosen = world.conversations.filter(({ id }) => conversationIds.includes(id))
  for (const row of chosen) {
    const kept = row.tags.filter(({ id }) => !remove.includes(id) && !add.includes(id))
    row.tags = [...kept, ...put]
  }
  return ok({ tagged: chosen.length * add.length, untagged: chosen.length * remove.length })
}

function threadPage(thread: Message[], query: URLSearchParams): Answer {
  const limit = Number(query.get('limit') ?? 50)
  const before = query.get('before')
  const newestFirst = [...thread].reverse()
  const from = before ? newestFirst.findIndex((message) => message.id === before) + 1 : 0
  const items = newestFirst.slice(from, from + limit)
  return ok({ items, nextCursor: from + limit < newestFirst.length ? (items.at(-1)?.id ?? null) : null })
}

function write({ body, publish }: Ask, row: Conversation, thread: Message[]): Answer {
  const input = body as { content: Message['content']; clientId: string }
  if (input.content.kind === 'reaction') {
    const { messageExternalId, emoji } = input.content
    const target = thread.find(({ externalId }) => externalId === messageExternalId)
    const at = iso(Date.now())
    if (target) target.reactions = emoji === null ? [] : [{ senderType: 'user', emoji, at }]
    return ok(thread.at(-1), 201)
  }
  if ('text' in input.content && input.content.text === 'fail') return problem(409, 'service_window_closed')
  const message: Message = {
    ...makeMessage(row, {
      n: thread.length + 500,
      atMs: Date.now(),
      inbound: false,
      bot: false,
      content: input.content,
    }),
    clientId: input.clientId,
    state: 'queued',
  }
  thread.push(message)
  Object.assign(row, {
    lastMessageAt: message.sentAt,
    lastMessageDirection: 'outbound',
    lastMessagePreview: labelledPreview(input.content),
  })
  const states = ['sending', 'accepted', 'sent', 'delivered', 'read'] as const
  for (const [step, state] of states.entries()) {
    setTimeout(
      () => {
        message.state = state
        publish({ type: 'message.changed', subject: { type: 'message', id: message.id }, conversationId: row.id })
      },
      400 * (step + 1),
    )
  }
  return ok(message, 201)
}

function changeOf(verb: string, body: Record<string, unknown>, row: Conversation): Partial<Conversation> {
  const member = members.find((one) => one.personId === body['personId'])
  const epoch = row.epoch + 1
  switch (verb) {
    case 'take-over':
      return { epoch, state: 'assigned', needsPeople: false, owner: { kind: 'user', id: person.id, name: person.name } }
    case 'hand-back':
      return { epoch, state: 'bot', owner: { kind: 'none' } }
    case 'assign':
      return member
        ? { epoch, state: 'assigned', owner: { kind: 'user', id: member.personId, name: member.name } }
        : { epoch, state: 'queued', owner: { kind: 'none' } }
    case 'close':
      return { epoch, state: 'closed', closedAt: iso(Date.now()) }
    case 'reopen':
      return { epoch, state: 'queued', closedAt: null, snoozedUntil: null }
    case 'snooze':
      return body['until'] === null
        ? { state: 'assigned', snoozedUntil: null }
        : { state: 'snoozed', snoozedUntil: String(body['until']) }
    case 'read':
      return { unreadCount: 0 }
    default:
      return { heldCount: 0 }
  }
}
