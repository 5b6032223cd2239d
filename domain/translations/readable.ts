import { IntlMessageFormat } from 'intl-messageformat'

/**
 * Whether a text of the pages can be said: its braces close, and its plurals have an `other`.
 *
 * @see https://unicode-org.github.io/icu/userguide/format_parse/messages/
 */
export function isReadable(text: string): boolean {
  if (!/[{}']/.test(text)) return true
  try {
    new IntlMessageFormat(text, 'en', undefined, { ignoreTag: true })
    return true
  } catch {
    return false
  }
}
