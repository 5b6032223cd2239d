import type { I18n } from '#lib/i18n/index.ts'

/**
 * What a provider told, in words: `account.<field>.<event>`, `template.<change>.<event>` or a name alone, with the event beside it
 * where it says more than its field.
 */
export function eventName(kind: string, { t, has }: Pick<I18n, 't' | 'has'>): string {
  const [source = '', field = '', event = ''] = kind.split('.')
  const what = source === 'account' ? field : source === 'template' ? `template_${field}` : source
  const key = `channels.event_${what}`
  const said = [`channels.said_${event}`, `channels.quality_${event}`, `contacts.category_${event}`].find(has)
  const name = t(has(key) ? key : 'channels.event_unknown')
  return said === undefined ? name : `${name}: ${t(said)}`
}
