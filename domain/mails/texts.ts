import { type Language, languageOf } from '../languages.ts'
import { NOTICE_TEXTS, type NoticeTextKey } from '../notifications/words.ts'
import { MAIL_TEXTS, type MailTextKey } from '../people/mails.ts'
import { ar } from './texts/ar.ts'
import { de } from './texts/de.ts'
import { es } from './texts/es.ts'
import { fr } from './texts/fr.ts'
import { he } from './texts/he.ts'
import { hi } from './texts/hi.ts'
import { id } from './texts/id.ts'
import { pt } from './texts/pt.ts'
import { sw } from './texts/sw.ts'

/** All that mails and pushes say; the English words stand with their rules. */
export type MailTexts = Readonly<Record<MailTextKey | NoticeTextKey, string>>

const BY_LANGUAGE: Record<Language, MailTexts> = {
  en: { ...MAIL_TEXTS, ...NOTICE_TEXTS },
  ar,
  de,
  es,
  fr,
  he,
  hi,
  id,
  pt,
  sw,
}

/** The product's own texts of mails and pushes in a language; English where it has none. */
export const mailTexts = (locale: string): MailTexts => BY_LANGUAGE[languageOf(locale) ?? 'en']
