export { I18n, type MessageValues, provideI18n, useI18n } from './i18n.svelte.ts'
export { isLocale, LOCALES, type Locale } from './locales.ts'
export type { MessageKey } from './messages.ts'
