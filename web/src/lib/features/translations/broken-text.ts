import { partsOf, valuesOf } from '../../i18n/message-parts.ts'

/** Whether a text cannot be shown in place of another: its braces do not close, or it asks for values that are not given. */
export function brokenText(text: string, original: string, locale: string): boolean {
  try {
    const given = valuesOf(partsOf(original, locale))
    return [...valuesOf(partsOf(text, locale))].some((name) => !given.has(name))
  } catch {
    return true
  }
}
