import { NOTICE_TEXTS } from '../notifications/words.ts'
import { MAIL_TEXTS } from '../people/mails.ts'

const ENGLISH: Readonly<Record<string, string>> = { ...MAIL_TEXTS, ...NOTICE_TEXTS }
/** An account belongs to no tenant, so only the installation says these otherwise. */
const OF_ACCOUNTS = /^mails\.(reset|sign_in)\./

/** Whether a tenant may say this text of a mail in its own words, and would be heard. */
export const isSaidByTenants = (key: string): boolean => !OF_ACCOUNTS.test(key)

/** Whether a mail that says this would come without the link that it is written for. */
export const losesLink = (key: string, text: string): boolean =>
  Object.hasOwn(ENGLISH, key) && ENGLISH[key]!.includes('{link}') && !text.includes('{link}')
