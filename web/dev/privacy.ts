import type { ConsentChange, Suppression } from '../../domain/consents/schema.ts'
import type { DataRequest } from '../../domain/privacy/schema.ts'
import { idOf } from './random.ts'
import { type Answer, type Ask, ok, page } from './routes.ts'
import { DAY, iso, MINUTE } from './world.ts'

const now = Date.now()
const said = (index: number, change: Partial<ConsentChange>): ConsentChange => ({
  id: idOf(51, index),
  category: 'marketing',
  state: 'granted',
  source: 'contact_message',
  actor: { kind: 'contact', id: idOf(2, 1) },
  actorName: null,
  evidence: null,
  messageId: null,
  conversationId: null,
  at: iso(now - index * 9 * DAY),
  ...change,
})
const HISTORY = [
  said(1, { state: 'withdrawn', evidence: 'STOP', messageId: idOf(10, 3), conversationId: idOf(9, 1) }),
  said(2, { category: 'utility', state: 'withdrawn', evidence: 'STOP', conversationId: idOf(9, 1) }),
  said(3, {
    source: 'Form in the shop',
    actor: { kind: 'person', id: idOf(1, 1) },
    actorName: 'Zoë Khoury',
    evidence: 'Form 2026-118, signed',
  }),
  said(4, { source: 'provider', state: 'withdrawn', evidence: 'User requested to stop marketing messages' }),
]
const request = (index: number, part: Partial<DataRequest>): DataRequest => ({
  id: idOf(52, index),
  contactId: idOf(2, 1),
  kind: 'export',
  state: 'done',
  step: 'kept',
  doneCount: 0,
  totalCount: null,
  sizeBytes: null,
  report: {},
  errorCode: null,
  requestedBy: { kind: 'person', id: idOf(1, 1) },
  createdAt: iso(now - index * 40 * MINUTE),
  endedAt: null,
  expiresAt: null,
  ...part,
})
let requests = [
  request(1, { state: 'running', step: 'pack', doneCount: 1_500, totalCount: 4_212 }),
  request(2, { sizeBytes: 4_812_330, expiresAt: iso(now + 6 * DAY) }),
]
const ERASED = [
  request(3, {
    kind: 'erasure',
    step: 'settle',
    report: { rows: { messages: 214, events: 390 }, media: 7, workflows: { ended: 1, deleted: 4 }, keyDestroyed: true },
  }),
]
let retention = { historyMonths: 24, auditMonths: 24, rawDays: 90, deliveryDays: 30 }

/** Consent, the suppression list, exports and erasures, and how long all is kept. */
export function privacyRoutes({ world, method, path, query, body, mode }: Ask): Answer | undefined {
  if (path.endsWith('/consent-history')) return page(HISTORY, query)
  if (path.endsWith('/data-requests')) {
    const known = world.contacts.some(({ id }) => path.includes(id))
    if (method === 'POST') requests = [request(9, { ...(body as object), state: 'waiting', step: null }), ...requests]
    return page(known ? requests : ERASED, query)
  }
  if (path === '/retention') {
    retention = { ...retention, ...(body as object | undefined) }
    return ok(retention)
  }
  if (path !== '/suppressions') return undefined
  const reasons = ['opt_out_word', 'by_hand', 'complaint', 'erased']
  const items = world.contacts.slice(0, mode === 'empty' ? 0 : 400).map(
    (contact, index): Suppression => ({
      id: idOf(53, index),
      contactId: contact.id,
      contactName: contact.name,
      phone: contact.phone,
      category: ([null, 'marketing', 'utility'] as const)[index % 3]!,
      reason: reasons[index % 4]!,
      note: index % 4 === 1 ? 'Asked on the phone never to be written to again' : '',
      actor: index % 4 === 1 ? { kind: 'person', id: idOf(1, 1) } : { kind: 'contact', id: contact.id },
      actorName: index % 4 === 1 ? 'Zoë Khoury' : null,
      messageId: null,
      at: iso(now - index * 3 * DAY),
    }),
  )
  return page(
    items.filter(({ reason }) => !query.get('reason') || reason === query.get('reason')),
    query,
  )
}
