import { SAMPLES } from '../../domain/flows/samples/index.ts'
import { administrationRoutes } from './administration.ts'
import { diagnosticsRoutes } from './diagnostics.ts'
import { orderFlow, standing } from './flows.ts'
import { noticeRoutes } from './notices.ts'
import { parkedRoutes } from './parked.ts'
import { apiKeys, requestsLike, usage } from './platform.ts'
import { privacyRoutes } from './privacy.ts'
import { idOf } from './random.ts'
import { type Answer, type Ask, ok, page, problem, threadOf } from './routes.ts'
import { TEMPLATES } from './templates.ts'
import { webhookRoutes } from './webhooks.ts'
import { channel, DAY, FLOWS, HOUR, iso, MINUTE, members, person, roles, tags } from './world.ts'

const now = Date.now()
const FIELDS = [
  { id: idOf(20, 1), key: 'city', label: 'City', type: 'text', options: [], required: false, createdAt: iso(now) },
  {
    id: idOf(20, 2),
    key: 'loyalty_points',
    label: 'Loyalty points',
    type: 'number',
    options: [],
    required: false,
    createdAt: iso(now),
  },
  {
    id: idOf(20, 3),
    key: 'plan',
    label: 'Subscription',
    type: 'choice',
    options: ['Beans', 'Capsules'],
    required: false,
    createdAt: iso(now),
  },
  {
    id: idOf(20, 4),
    key: 'birthday_gift',
    label: 'Birthday gift sent',
    type: 'checkbox',
    options: [],
    required: false,
    createdAt: iso(now),
  },
]
const flows = FLOWS.map((flow, index) => ({
  ...flow,
  description: [
    'Greets, asks for the order, looks it up, calls people when it is not found.',
    'Photo, apology, replacement.',
    'Writes after 90 quiet days, once.',
  ][index]!,
  enabled: index !== 2,
  priority: 100,
  triggers: [['first_message', 'keyword'], ['keyword'], ['time']][index]!,
  published:
    index === 2 ? null : { versionId: idOf(21, index + 1), number: 4 - index, publishedAt: iso(now - 3 * DAY) },
  hasUnpublishedChanges: index !== 1,
  standingCount: [17, 3, 0][index]!,
  endedCount: [1_204, 87, 0][index]!,
  completedCount: [1_011, 80, 0][index]!,
  version: 7,
  createdAt: iso(now - 60 * DAY),
  updatedAt: iso(now - (index + 1) * 5 * HOUR),
}))
const runs = Array.from({ length: 40 }, (_, index) => ({
  id: idOf(10, index + 1),
  flow: { id: FLOWS[index % 2]!.id, name: FLOWS[index % 2]!.name, versionId: idOf(21, 1), versionNumber: 4 },
  contact: { id: idOf(7, index + 1), name: ['Amara Diallo', 'Ben Okafor', 'ليلى الخطيب', ''][index % 4]! },
  conversationId: idOf(9, index + 1),
  cause: { kind: 'keyword', keyword: 'order' },
  state: (['open', 'parked', 'closed', 'closed', 'failed'] as const)[index % 5]!,
  posture: 'asking',
  outcome: index % 5 > 1 ? 'completed' : null,
  errorCode: index % 5 === 4 ? 'flow_error' : null,
  turn: 3,
  nodeId: 'ask_order',
  wakeAt: index % 5 === 0 ? iso(now + 50 * MINUTE) : null,
  workflowId: `flow/t1/${idOf(10, index + 1)}`,
  startedAt: iso(now - (index + 1) * 37 * MINUTE),
  updatedAt: iso(now - index * 37 * MINUTE),
  endedAt: index % 5 > 1 ? iso(now - index * 36 * MINUTE) : null,
}))
const EVENTS = [
  ['started', 'start', 0, { trigger: 'keyword' }],
  ['entered', 'greet', 1, {}],
  ['left', 'greet', 3, { port: 'next' }],
  ['entered', 'ask_order', 4, {}],
  ['answered', 'ask_order', 95, { text: '4021' }],
  ['entered', 'known', 96, {}],
  ['left', 'known', 97, { port: 'else' }],
  ['entered', 'people', 98, {}],
  ['problem', 'people', 99, { code: 'flow_error', detail: 'No team has these skills' }],
] as const
const channels = [
  {
    ...channel,
    status: 'connected',
    statusReason: null,
    businessAccountId: '104996122399160',
    phoneNumberId: '106540352242922',
    verifiedName: 'Kahawa Roasters Ltd',
    quality: 'GREEN',
    messagingLimit: 'TIER_10K',
    messagesPerSecond: 80,
    baseUrl: null,
    webhookUrl: 'https://app.kahawa.example/webhooks/whatsapp/9f27c1',
    accessToken: { set: true, hint: '…x7Qd' },
    appSecret: { set: true, hint: '…41b0' },
    templateCount: 12,
    lastInboundAt: iso(now - MINUTE),
    createdAt: iso(now - 90 * DAY),
    updatedAt: iso(now - DAY),
  },
  {
    ...channel,
    id: idOf(6, 2),
    name: 'Kahawa Mombasa',
    displayPhone: '+254 41 222 3344',
    status: 'disconnected',
    statusReason: 'provider_credentials_invalid',
    businessAccountId: '104996122399160',
    phoneNumberId: '106540352242955',
    verifiedName: 'Kahawa Roasters Ltd',
    quality: 'YELLOW',
    messagingLimit: 'TIER_1K',
    messagesPerSecond: 80,
    baseUrl: null,
    webhookUrl: 'https://app.kahawa.example/webhooks/whatsapp/77ac0e',
    accessToken: { set: true, hint: '…p0Ls' },
    appSecret: { set: true, hint: '…9c2e' },
    templateCount: 0,
    lastInboundAt: iso(now - 3 * DAY),
    createdAt: iso(now - 30 * DAY),
    updatedAt: iso(now - 2 * DAY),
  },
]
const audit = Array.from({ length: 60 }, (_, index) => ({
  id: idOf(30, 100 - index),
  at: iso(now - index * 47 * MINUTE),
  actor: { kind: 'person', id: members[index % 4]!.personId },
  actorName: members[index % 4]!.name,
  action: [
    'conversations.take_over',
    'flows.publish',
    'invitations.create',
    'channels.change',
    'contacts.change',
    'roles.change',
  ][index % 6]!,
  subject: {
    type: ['conversation', 'flow', 'person', 'channel', 'contact', 'role'][index % 6]!,
    id: idOf(9, index + 1),
  },
  detail: { before: { name: 'A' }, after: { name: 'B' } },
  requestId: 'req-71',
}))

type Line = (typeof audit)[number]

/** Whether a line is one that the filters of the log ask for. */
function isAsked({ actor, subject, at }: Line, query: URLSearchParams): boolean {
  const asked = (name: string, value: string) => query.get(name) === null || query.get(name) === value
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? '9']
  return (
    asked('actorId', actor.id) &&
    asked('actorKind', actor.kind) &&
    asked('subjectType', subject.type) &&
    at >= from &&
    at < to
  )
}

/** The first flow is ours; the others are the samples of the house. */
const definitionOf = (flowId: string) =>
  [orderFlow, ...SAMPLES.map(({ definition }) => definition.en)][FLOWS.findIndex(({ id }) => id === flowId)] ??
  orderFlow

export function more(ask: Ask): Answer | undefined {
  const { world, method, path, query, body } = ask
  const write = method !== 'GET'
  const input = body as Record<string, unknown>
  const owed = privacyRoutes(ask) ?? diagnosticsRoutes(ask) ?? parkedRoutes(ask) ?? administrationRoutes(ask)
  if (owed) return owed
  const q = query.get('q')?.toLowerCase()
  if (path === '/contacts' && !write)
    return page(
      world.contacts.filter((contact) => !q || contact.name.toLowerCase().includes(q)),
      query,
    )
  const contactId = /^\/contacts\/([^/]+)$/.exec(path)?.[1]
  if (contactId) {
    const contact = world.contacts.find((one) => one.id === contactId)
    if (!contact) return problem(404, 'not_found')
    if (write)
      Object.assign(contact, input, {
        fields: { ...contact.fields, ...((input['fields'] as object | undefined) ?? {}) },
        version: contact.version + 1,
      })
    return ok(contact)
  }
  if (/^\/contacts\/[^/]+\/tags/.test(path)) return ok({})
  if (path === '/tags') return write ? ok({ ...tags[0], ...input, id: idOf(4, 77) }, 201) : page(tags, query)
  if (path === '/custom-fields') return page(FIELDS, query)
  if (path === '/members') return page(members, query)
  if (path === '/roles')
    return page(
      roles.map((role) => ({ ...role, memberCount: 1, permissions: role.permissions })),
      query,
    )
  if (path === '/invitations') {
    return page(
      [
        {
          id: idOf(31, 1),
          email: 'peter@kahawa.example',
          role: roles[3],
          invitedBy: person.id,
          expiresAt: iso(now + 5 * DAY),
          createdAt: iso(now - 2 * DAY),
        },
      ],
      query,
    )
  }
  if (path === '/templates') return page(ask.mode === 'empty' ? [] : TEMPLATES, query)
  if (path.startsWith('/notifications')) return noticeRoutes(ask)
  if (path.startsWith('/webhook-subscriptions')) return webhookRoutes(ask)
  if (path === '/audit')
    return page(
      audit.filter((line) => isAsked(line, query)),
      query,
    )
  if (path === '/api-keys')
    return write ? ok({ key: apiKeys[0], secret: `hf_${'q7Xk2M'.repeat(7)}A` }, 201) : page(apiKeys, query)
  if (path === '/request-log') return page(requestsLike(query), query)
  if (path === '/usage') return ok(usage)
  if (/^\/(texts|translations)\//.test(path)) return ok({ locale: path.split('/')[2], texts: {} })
  return flowRoutes(ask) ?? channelRoutes(ask) ?? (write ? ok({}) : undefined)
}

const standingAt = (index: number) =>
  Object.entries(standing[index] ?? {}).map(([nodeId, count]) => ({ nodeId, count }))

function flowRoutes({ world, path, query, method }: Ask): Answer | undefined {
  if (path === '/flows' && method === 'GET') return page(flows, query)
  const [, flowId, part] = /^\/flows\/([^/]+)(?:\/(.+))?$/.exec(path) ?? []
  if (flowId) {
    const flow = flows.find((one) => one.id === flowId)
    if (!flow) return problem(404, 'not_found')
    if (!part)
      return ok({
        ...flow,
        draft: definitionOf(flowId),
        problems: [{ severity: 'error', code: 'text_empty', nodeId: 'late', message: 'The text is empty.' }],
      })
    if (part === 'counts') return ok({ flowId, total: flow.standingCount, nodes: standingAt(flows.indexOf(flow)) })
    const version = (number: number) => ({
      id: idOf(21, number),
      flowId,
      number,
      note: number === 4 ? 'Shorter greeting' : '',
      publishedBy: { id: person.id, name: person.name },
      publishedAt: iso(now - (5 - number) * 3 * DAY),
    })
    if (part === 'versions') return page([4, 3, 2, 1].map(version), query)
    if (part.startsWith('versions/')) return ok({ ...version(4), definition: definitionOf(flowId) })
    return ok(flow)
  }
  if (path === '/decoding-passes') {
    const endpoint = `https://chat.kahawa.example/api/temporal-codec/${'WzE3OTYwNDU2MDAwMDAsIlsiLCJ'.repeat(4)}`
    return ok({ endpoint, expiresAt: iso(now + 8 * HOUR) })
  }
  if (path === '/runs') {
    const state = query.get('state')
    return page(
      runs.filter(
        (run) => !state || (state === 'active' ? ['open', 'parked'].includes(run.state) : run.state === state),
      ),
      query,
    )
  }
  const [, runId, runPart] = /^\/runs\/([^/]+)(?:\/(.+))?$/.exec(path) ?? []
  if (runId) {
    const run = runs.find((one) => one.id === runId) ?? runs[0]!
    if (runPart === 'events') {
      return page(
        EVENTS.map(([kind, nodeId, second, detail], index) => ({
          id: idOf(32, index + 1),
          turn: Math.floor(index / 4),
          at: iso(Date.parse(run.startedAt) + second * 9_000),
          kind,
          nodeId,
          detail,
        })),
        query,
      )
    }
    if (runPart === 'messages') {
      const said = threadOf(world, 0).filter(({ direction }) => direction === 'outbound')
      return page(said, query)
    }
    return ok({
      ...run,
      variables: { order: '4021', found: false, attempts: 2, address: { city: 'Nairobi', street: 'Ngong Road 14' } },
    })
  }
  return undefined
}

function channelRoutes({ path, query, method }: Ask): Answer | undefined {
  if (path === '/channels' && method === 'GET') return page(channels, query)
  const [, channelId, part] = /^\/channels\/([^/]+)(?:\/(.+))?$/.exec(path) ?? []
  if (!channelId) return undefined
  const found = channels.find((one) => one.id === channelId)
  if (!found) return problem(404, 'not_found')
  if (part === 'events') {
    return page(
      [
        'account.phone_number_quality_update.upgrade',
        'template.status.approved',
        'template.quality.red',
        'account.account_update.account_violation',
        'account.business_capability_update.business_capability_update',
        'preference',
      ].map((kind, index) => ({
        id: idOf(33, index + 1),
        channelId,
        kind,
        at: iso(now - index * 7 * HOUR),
        payload: { event: 'UPGRADE', current_limit: 'TIER_10K', display_phone_number: '254207654321' },
      })),
      query,
    )
  }
  if (part === 'test') {
    const bad = found.status !== 'connected'
    return ok({
      ok: !bad,
      checkedAt: iso(Date.now()),
      steps: bad
        ? [
            {
              step: 'credentials',
              ok: false,
              code: 'provider_credentials_invalid',
              message: 'Error validating access token',
            },
          ]
        : ['credentials', 'webhook', 'number', 'templates'].map((step) => ({
            step,
            ok: true,
            code: null,
            message: null,
          })),
    })
  }
  return ok(found)
}
