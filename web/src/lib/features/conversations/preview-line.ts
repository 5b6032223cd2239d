import type { I18n } from '#lib/i18n/index.ts'

/** A message in one line. Served previews may begin with a label: `messages.preview.image: words`. */
export function previewLine(preview: string, i18n: Pick<I18n, 't' | 'has'>): string {
  // Only labels of previews: what a contact writes may look like any other key.
  const [, key, text] = /^(messages\.preview\.[a-z_]+)(?:: (.*))?$/s.exec(preview) ?? []
  if (key === undefined || !i18n.has(key)) return preview
  const label = i18n.t(key)
  return text ? `${label}: ${text}` : label
}
