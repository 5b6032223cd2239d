import { type Language, languageOf } from '#domain/languages.ts'
import type { NoticeTextKey } from '#domain/notifications/words.ts'
import type { MailTextKey } from '#domain/people/mails.ts'
import { ar } from './texts/ar.ts'
import { de } from './texts/de.ts'
import { es } from './texts/es.ts'
import { fr } from './texts/fr.ts'
import { he } from './texts/he.ts'
import { hi } from './texts/hi.ts'
import { id } from './texts/id.ts'
import { pt } from './texts/pt.ts'
import { sw } from './texts/sw.ts'

/** All that mails and pushes say; the English words stand with their rules in domain. */
export type MailTexts = Readonly<Record<MailTextKey | NoticeTextKey, string>>

const BY_LANGUAGE: Record<Exclude<Language, 'en'>, MailTexts> = { ar, de, es, fr, he, hi, id, pt, sw }

/** The product's own texts of mails and pushes in a language, to lie under a tenant's; empty for English. */
export function mailTexts(locale: string): Partial<MailTexts> {
  const language = languageOf(locale)
  return (language !== undefined && language !== 'en' && BY_LANGUAGE[language]) || {}
}
