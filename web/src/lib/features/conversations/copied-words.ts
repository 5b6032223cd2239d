import { labelledPreview } from '#domain/messages/preview.ts'
import type { MessageContent } from '#domain/messages/schema.ts'
import type { I18n } from '#lib/i18n/index.ts'
import { previewLine } from './preview-line.ts'

/** What is copied of a message: all of its words, or what it is where it has none. */
export function copiedWords(content: MessageContent, i18n: Pick<I18n, 't' | 'has'>): string {
  if ('text' in content && content.text) return content.text
  if ('caption' in content && content.caption) return content.caption
  return previewLine(labelledPreview(content), i18n)
}
