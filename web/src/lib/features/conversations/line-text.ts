import type { Message } from '#domain/conversations/schema.ts'
import type { I18n } from '#lib/i18n/index.ts'

type Context = { i18n: Pick<I18n, 't' | 'has'>; contactName: string; nameOf: (personId: string) => string | undefined }

/** What a line of the house says. Lines carry codes and ids; the words and the names are put in here. */
export function lineText(message: Message, { i18n, contactName, nameOf }: Context): string {
  const { content } = message
  const { t, has } = i18n
  switch (content.kind) {
    case 'line': {
      const personId = content.params?.['personId']
      const person = typeof personId === 'string' ? nameOf(personId) : undefined
      const by = message.sender.name ?? t('lines.the_house')
      const reason = content.params?.['reason']
      const reasonKey = `lines.reason_${String(reason)}`
      const key = content.code.startsWith('lines.') ? content.code : `lines.${content.code}`
      if (!has(key)) return content.code
      return t(key, {
        note: 'none',
        ...content.params,
        by,
        person: person ?? t('lines.somebody'),
        self: personId !== undefined && personId === message.sender.id ? 'yes' : 'no',
        reason: has(reasonKey) ? t(reasonKey) : String(reason ?? ''),
      })
    }
    case 'system':
      return content.event === 'other' && content.text
        ? content.text
        : t(`lines.${content.event}`, { name: contactName })
    case 'edit':
      return t('lines.edited', { name: contactName, text: content.text ?? '' })
    case 'revoke':
      return t('lines.revoked', { name: contactName })
    case 'permission_reply':
      return t('lines.permission_reply', { name: contactName, response: content.response })
    default:
      return 'text' in content && content.text ? content.text : t('conversations.unsupported')
  }
}
