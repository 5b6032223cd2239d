import type { Contact } from '../../domain/contacts/schema.ts'
import type { Conversation, Message } from '../../domain/conversations/schema.ts'
import type { Member } from '../../domain/people/members.ts'
import { BUILT_IN_PERMISSIONS } from '../../domain/permissions/catalogue.ts'
import type { Role } from '../../domain/roles/schema.ts'
import type { TagRef } from '../../domain/tags/schema.ts'
import { idOf, seeded } from './random.ts'
import { showcase } from './showcase.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const iso = (ms: number): string => new Date(ms).toISOString()

const FIRST = [
  'Amara',
  'Ben',
  'Chiara',
  'Diego',
  'Elif',
  'Farah',
  'Grace',
  'Hiro',
  'Ines',
  'Jonas',
  'Khadija',
  'Luca',
  'Mwangi',
  'Noor',
  'Otieno',
  'Priya',
  'Quentin',
  'Rosa',
  'Samir',
  'Thandi',
  'Umar',
  'Vera',
  'Wanjiru',
  'Ximena',
  'Yusuf',
  'Zoë',
]
const LAST = [
  'Diallo',
  'Okafor',
  'Rossi',
  'Fernández',
  'Yılmaz',
  'Haddad',
  'Njoroge',
  'Tanaka',
  'Silva',
  'Keller',
  'Al-Mansouri',
  'Bianchi',
  'Kamau',
  'Hassan',
  'Achieng',
  'Sharma',
  'Dubois',
  'Morales',
  'Khoury',
  'Dlamini',
]
const LINES = [
  'Hi, is my order on its way?',
  'Thank you so much 🙏',
  'Can I change the delivery address to Ngong Road 14, third floor?',
  'ok',
  'How much is the blue one?',
  'I paid with M-Pesa, code QK7P1XY2',
  'It came but one cup is broken',
  'Do you open on Sunday?',
  'مرحبا، هل طلبي في الطريق؟',
  'Sí, por favor',
  'Can somebody call me back? I would rather talk than write',
  '👍',
  'I want to return this',
  'Which size fits 1.80 m?',
  'Perfect',
]
const ANSWERS = [
  'Hi {name}, we look into it right away.',
  'Your parcel leaves today. You get the tracking number as soon as the courier scans it.',
  'Of course. I changed it for you.',
  'That one is KSh 2,450 and in stock.',
  'I am sorry to hear that. A new one is on its way.',
  'Every day from 9 to 19.',
  'Is there anything else I can do?',
]

export const person = { id: idOf(1, 1), name: 'Lena Brandt', email: 'lena@kahawa.example', locale: 'en' }
const COLLEAGUES = ['Lena Brandt', 'Musa Kiprono', 'Aisha Rahman', 'Tom Wójcik', 'Valentina Ruiz']
const at = iso(Date.now() - 30 * DAY)
export const roles: Role[] = (['owner', 'admin', 'supervisor', 'agent', 'viewer'] as const).map((key, index) => ({
  id: idOf(2, index + 1),
  key,
  name: key.replace(/^./, (letter) => letter.toUpperCase()),
  permissions: [...BUILT_IN_PERMISSIONS[key]],
  builtIn: true,
  memberCount: [1, 1, 1, 2, 0][index]!,
  createdAt: at,
  updatedAt: at,
}))
roles.push({ ...roles[3]!, id: idOf(2, 9), key: 'night_shift', name: 'Night shift', builtIn: false, memberCount: 0 })
export const members: Member[] = COLLEAGUES.map((name, index) => ({
  id: idOf(3, index + 1),
  personId: idOf(1, index + 1),
  name,
  email: `${name.split(' ')[0]!.toLowerCase()}@kahawa.example`,
  role: roles[Math.min(index, 3)]!,
  status: index === 4 ? 'disabled' : 'active',
  availability: (['online', 'online', 'away', 'busy', 'offline'] as const)[index]!,
  createdAt: iso(Date.now() - (index + 2) * 20 * DAY),
}))
export const tags: TagRef[] = [
  { id: idOf(4, 1), name: 'VIP', color: 'amber' },
  { id: idOf(4, 2), name: 'Wholesale', color: 'blue' },
  { id: idOf(4, 3), name: 'Complaint', color: 'red' },
  { id: idOf(4, 4), name: 'New in Nairobi', color: 'green' },
  { id: idOf(4, 5), name: 'Café owner', color: 'violet' },
]
export const FLOWS = [
  { id: idOf(5, 1), name: 'Welcome and order status' },
  { id: idOf(5, 2), name: 'Broken on arrival' },
  { id: idOf(5, 3), name: 'Win back after 90 days' },
] as const
export const channel = {
  id: idOf(6, 1),
  kind: 'whatsapp_cloud' as const,
  name: 'Kahawa Nairobi',
  displayPhone: '+254 20 765 4321',
}

export type World = {
  conversations: Conversation[]
  contacts: Contact[]
  messages: Map<string, Message[]>
  position: number
}

/** A workspace that has been busy for a while. `size` conversations, the newest first. */
export function makeWorld(size: number): World {
  const random = seeded(size + 7)
  const nowMs = Date.now()
  const world: World = { conversations: [], contacts: [], messages: new Map(), position: 1 }
  for (let index = 0; index < size; index += 1) {
    const contact = makeContact(index, nowMs)
    const lastMs =
      nowMs - Math.round(index === 0 ? 40_000 : index * 3.7 * MINUTE * (1 + index / 160) + random.int(0, 90_000))
    world.contacts.push(contact)
    world.conversations.push(makeConversation(index, contact, lastMs, nowMs))
  }
  for (const [index, conversation] of world.conversations.entries()) {
    if (index === 0) world.messages.set(conversation.id, showcase(conversation, nowMs))
  }
  return world
}

function makeContact(index: number, nowMs: number): Contact {
  const random = seeded(index * 31 + 11)
  const name =
    index === 0
      ? 'Amara Diallo'
      : index % 17 === 5
        ? ''
        : index % 23 === 8
          ? 'ليلى الخطيب'
          : `${random.pick(FIRST)} ${random.pick(LAST)}`
  const phone = `+2547${String(10_000_000 + ((index * 7_919_377) % 89_999_999)).slice(0, 8)}`
  return {
    id: idOf(7, index + 1),
    name,
    phone,
    email: random.chance(0.4) ? `contact${index}@mail.example` : null,
    locale: random.pick(['en', 'sw', 'ar', 'es']),
    blocked: false,
    tags: tags.filter(() => random.chance(0.22)),
    lastSeenAt: iso(nowMs - index * 4 * MINUTE),
    createdAt: iso(nowMs - random.int(1, 300) * DAY),
    timeZone: 'Africa/Nairobi',
    birthday: null,
    fields: {
      city: random.pick(['Nairobi', 'Mombasa', 'Kisumu']),
      loyalty_points: random.int(0, 900),
      plan: random.pick(['Beans', 'Capsules']),
      newsletter: random.chance(0.5),
    },
    identities: [
      {
        id: idOf(8, index + 1),
        channelKind: 'whatsapp_cloud',
        businessAccountId: '104996122399160',
        externalId: phone.slice(1),
        type: 'phone',
        username: null,
      },
    ],
    consents: [
      { category: 'service', state: 'granted', source: 'chat', at: iso(nowMs - 40 * DAY) },
      ...(random.chance(0.6)
        ? [
            {
              category: 'marketing' as const,
              state: random.chance(0.8) ? ('granted' as const) : ('withdrawn' as const),
              source: 'form',
              at: iso(nowMs - 12 * DAY),
            },
          ]
        : []),
    ],
    suppressions: [],
    messageCounts: { received: random.int(2, 80), sent: random.int(2, 90) },
    conversationCount: random.int(1, 9),
    firstSeenAt: iso(nowMs - 200 * DAY),
    version: 3,
    updatedAt: iso(nowMs - DAY),
  }
}

type FlowName = (typeof FLOWS)[number]

function ownerOf(index: number, state: string, member: Member, flow: FlowName): Conversation['owner'] {
  if (index === 0) return { kind: 'user', id: person.id, name: person.name }
  if (state === 'assigned') return { kind: 'user', id: member.personId, name: member.name }
  return state === 'bot' ? { kind: 'run', id: idOf(10, index + 1), flowId: flow.id, name: flow.name } : { kind: 'none' }
}

function activeRunsOf(index: number, flow: FlowName, nowMs: number): Conversation['activeRuns'] {
  const asking = {
    posture: 'asking',
    nodeId: 'ask_order',
    wakeAt: iso(nowMs + 50 * MINUTE),
    startedAt: iso(nowMs - HOUR),
  }
  const run = { id: idOf(10, index + 1), flowId: flow.id, flowName: flow.name, ...asking }
  if (index > 0) return [{ ...run, state: 'open' }]
  const waiting = {
    posture: 'delaying',
    nodeId: 'wait_90',
    wakeAt: iso(nowMs + 61 * DAY),
    startedAt: iso(nowMs - 29 * DAY),
  }
  const other = { id: idOf(10, 9_001), flowId: FLOWS[2].id, flowName: FLOWS[2].name, ...waiting }
  return [
    { ...run, state: 'parked' },
    { ...other, state: 'open' },
  ]
}

function makeConversation(index: number, contact: Contact, lastMs: number, nowMs: number): Conversation {
  const random = seeded(index * 101 + 3)
  const state =
    index === 0
      ? 'assigned'
      : random.pick(['bot', 'bot', 'bot', 'queued', 'assigned', 'assigned', 'snoozed', 'closed'] as const)
  const flow = random.pick(FLOWS)
  const inbound = random.chance(0.65)
  return {
    id: idOf(9, index + 1),
    channel,
    contact: { id: contact.id, name: contact.name, phone: contact.phone, locale: contact.locale },
    state,
    owner: ownerOf(index, state, random.pick(members.slice(0, 4)), flow),
    priority: random.chance(0.06) ? 'urgent' : 'normal',
    needsPeople: state === 'queued',
    unreadCount: index === 0 ? 2 : state === 'closed' ? 0 : inbound && random.chance(0.5) ? random.int(1, 4) : 0,
    heldCount: index === 0 ? 1 : random.chance(0.02) ? 3 : 0,
    lastMessageAt: iso(lastMs),
    lastMessagePreview:
      index === 0
        ? 'messages.preview.image: The cup, as it came out of the box'
        : inbound
          ? random.pick(LINES)
          : random.pick(ANSWERS).replace('{name}', contact.name.split(' ')[0] ?? ''),
    lastMessageDirection: inbound || index === 0 ? 'inbound' : 'outbound',
    windowExpiresAt: iso(lastMs + DAY - (index % 5 === 2 ? 21.5 * HOUR : 0)),
    snoozedUntil: state === 'snoozed' ? iso(nowMs + 15 * HOUR) : null,
    tags: index % 4 === 1 ? tags.slice(index % 3, (index % 3) + 1 + (index % 3)) : [],
    epoch: 4,
    lastSeq: 30,
    handledSeq: 30,
    closeReason: state === 'closed' ? 'resolved' : null,
    requiredSkills: [],
    activeRuns: index === 0 || state === 'bot' ? activeRunsOf(index, flow, nowMs) : [],
    workflowId: `conversation/t1/${idOf(9, index + 1)}`,
    firstMessageAt: iso(lastMs - 5 * HOUR),
    firstResponseAt: iso(lastMs - 4.9 * HOUR),
    createdAt: iso(lastMs - 5 * HOUR),
    closedAt: state === 'closed' ? iso(lastMs) : null,
  }
}

/** An ordinary thread: the bot, the contact, an agent, over two days. */
export function makeThread(conversation: Conversation, index: number): Message[] {
  const random = seeded(index * 977 + 5)
  const count = random.int(8, 90)
  const endMs = Date.parse(conversation.lastMessageAt)
  const messages: Message[] = []
  for (let n = 0; n < count; n += 1) {
    const last = n === count - 1
    const inbound = last ? conversation.lastMessageDirection === 'inbound' : random.chance(0.5)
    const bot = random.chance(0.5)
    const text = last
      ? conversation.lastMessagePreview
      : inbound
        ? random.pick(LINES)
        : random.pick(ANSWERS).replace('{name}', conversation.contact.name.split(' ')[0] ?? '')
    const atMs = endMs - (count - 1 - n) * 9 * MINUTE
    messages.push(makeMessage(conversation, { n, atMs, inbound, bot, content: { kind: 'text', text } }))
  }
  return messages
}

type Make = { n: number; atMs: number; inbound: boolean; bot: boolean; content: Message['content'] }
export function makeMessage(conversation: Conversation, { n, atMs, inbound, bot, content }: Make): Message {
  const flow = FLOWS[0]
  return {
    id: `${conversation.id.slice(0, 24)}${String(n).padStart(12, '0')}`,
    conversationId: conversation.id,
    channelId: conversation.channel.id,
    direction: inbound ? 'inbound' : 'outbound',
    sender: inbound
      ? { type: 'contact', id: conversation.contact.id, name: conversation.contact.name }
      : bot
        ? { type: 'flow', id: null, name: null }
        : { type: 'user', id: person.id, name: person.name },
    content,
    media: null,
    state: inbound ? null : 'read',
    failure: null,
    attempt: inbound ? 0 : 1,
    possibleDuplicate: false,
    duplicateDetected: false,
    held: null,
    replyTo: null,
    reactions: [],
    externalId: `wamid.${conversation.id}.${n}`,
    run: !inbound && bot ? { id: idOf(10, 1), flowId: flow.id, flowName: flow.name, nodeId: 'answer' } : null,
    automated: bot && !inbound,
    seq: inbound ? n : null,
    clientId: null,
    sentAt: iso(atMs),
    createdAt: iso(atMs),
    deliveredAt: null,
    readAt: null,
  }
}
