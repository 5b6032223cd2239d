import type { NotificationKind } from './schema.ts'

/** What mails and pushes say, as translation keys with their English text. `{title}` is what it is about. */
export const NOTICE_TEXTS = {
  'notices.conversation_assigned': '{title} was assigned to you',
  'notices.conversation_waiting': '{title} wrote to you',
  'notices.contact_blocked': '{title} wrote too much at once and is held',
  'notices.message_failed': 'Your message to {title} did not arrive',
  'notices.channel_needs_attention': 'The channel {title} needs your attention',
  'notices.run_failed': 'A run of {title} failed',
  'notices.member_joined': '{title} joined your team',
  'notices.quota_nearly_used': 'A limit of your plan is nearly used up',
  'notices.quota_used': 'A limit of your plan is used up',
  'notices.webhook_failing': 'The webhook endpoint {title} does not answer',
  'notices.webhook_disabled': 'The webhook endpoint {title} was switched off',
  'notices.diagnostics_failing': 'The daily check of your workspace found a problem',
  'notices.diagnostics_well': 'The daily check of your workspace finds all well again',
  'notices.other': 'There is news: {title}',
  'notices.many': '{count} things wait for you',
  'notices.mail':
    'Hello {name},\n\nthis waits for you in {tenant}:\n\n{lines}\n\n{link}\n\nWhat you are told of, and how, you choose here:\n\n{settings}\n',
} as const
export type NoticeTextKey = keyof typeof NOTICE_TEXTS
type Texts = Readonly<Record<string, string>>

const LINE_CHARS_MAX = 120
const TITLE_CHARS_MAX = 60

/** Names come from people: on one line, and without signs that turn the text around them. */
const plain = (text: string, max: number): string =>
  text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .slice(0, max)

const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')

const textOf = (key: NoticeTextKey, texts: Texts): string => texts[key] ?? NOTICE_TEXTS[key]

/** One notification in one line. */
export function noticeLine({ kind, title }: { kind: NotificationKind; title: string }, texts: Texts = {}): string {
  const key = `notices.${kind}`
  const known = key in NOTICE_TEXTS ? (key as NoticeTextKey) : 'notices.other'
  return plain(fill(textOf(known, texts), { title: plain(title, TITLE_CHARS_MAX) }), LINE_CHARS_MAX)
}

/** The mail about what a person has not read: one line each, and the way there. */
export function noticeMail(
  mail: { name: string; tenant: string; lines: readonly string[]; link: string; settings: string },
  texts: Texts = {},
): { subject: string; text: string } {
  const { lines } = mail
  const headline = lines.length === 1 ? lines[0]! : fill(textOf('notices.many', texts), { count: String(lines.length) })
  const tenant = plain(mail.tenant, TITLE_CHARS_MAX)
  const values = {
    ...{ name: plain(mail.name, TITLE_CHARS_MAX), tenant, link: mail.link, settings: mail.settings },
    lines: lines.map((line) => `• ${line}`).join('\n'),
  }
  return { subject: `${headline} · ${tenant}`, text: fill(textOf('notices.mail', texts), values) }
}
