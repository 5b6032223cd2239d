import { usualWays } from '../../domain/notifications/preferences.ts'
import { NOTIFICATION_KINDS, type Notification } from '../../domain/notifications/schema.ts'
import { idOf } from './random.ts'
import { type Answer, type Ask, ok, page } from './routes.ts'
import { iso, MINUTE } from './world.ts'

const TITLES = [
  'Amara Diallo',
  'ليلى الخطيب',
  'Ben Okafor',
  'Zoë Khoury',
  'Kahawa Mombasa',
  'Order status',
  'Musa Kiprono',
]
const notices = NOTIFICATION_KINDS.map(
  (kind, index): Notification => ({
    id: idOf(41, index + 1),
    kind,
    subject: { type: index === 4 ? 'channel' : index === 5 ? 'run' : 'conversation', id: idOf(9, index + 1) },
    params: {},
    title: TITLES[index] ?? '',
    conversationId: index < 4 ? idOf(9, index + 1) : null,
    createdAt: iso(Date.now() - (index + 1) * 7 * MINUTE),
    readAt: index > 3 ? iso(Date.now()) : null,
  }),
)
let settings = {
  ways: Object.fromEntries(NOTIFICATION_KINDS.map((kind) => [kind, usualWays(kind)])),
  quietHours: { from: '20:00', until: '08:00', timeZone: 'Africa/Nairobi' },
  pushKey: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
}

export function noticeRoutes({ path, method, query, body, mode }: Ask): Answer {
  const shown = mode === 'empty' ? [] : notices
  if (path === '/notifications') return page(shown, query)
  if (path === '/notifications/unread') return ok({ count: shown.filter(({ readAt }) => readAt === null).length })
  if (path === '/notifications/settings') {
    const chosen = body as Partial<typeof settings>
    if (method === 'PUT') settings = { ...settings, ...chosen, ways: { ...settings.ways, ...chosen.ways } }
    return ok(settings)
  }
  const id = path.split('/')[2]
  for (const notice of notices) if (id === 'read' || id === notice.id) notice.readAt ??= iso(Date.now())
  return { status: 204 }
}
