import type { I18n } from '#lib/i18n/index.ts'

/** The last line of a conversation. Stored previews may begin with a translation key: `messages.preview.image: words`. */
export function previewLine(preview: string, i18n: Pick<I18n, 't' | 'has'>): string {
  const [, key, text] = /^([a-z_]+\.[a-z_.]+)(?:: (.*))?$/s.exec(preview) ?? []
  if (key === undefined || !i18n.has(key)) return preview
  const label = i18n.t(key)
  return text ? `${label}: ${text}` : label
}
