import { losesLink } from '#domain/mails/own-words.ts'
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

/** The same of a mail, which knows nothing but names in braces. */
export function brokenMail(text: string, original: string): boolean {
  const rest = text.replace(/\{\w+\}/g, (place) => (original.includes(place) ? '' : place))
  return /[{}]/.test(rest)
}

const OF_MAILS = /^(mails|notices)\./
export const isOfMails = (key: string): boolean => OF_MAILS.test(key)

/** What is wrong with one's own words for a text; undefined where they can be said. */
export function faultOf(text: string, { key, original, locale }: { key: string; original: string; locale: string }) {
  if (losesLink(key, text)) return 'needs_link' as const
  const broken = isOfMails(key) ? brokenMail(text, original) : brokenText(text, original, locale)
  return broken ? ('broken' as const) : undefined
}
