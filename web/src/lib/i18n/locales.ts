import type { Language } from '#domain/languages.ts'

/** `script` names the font that the first paint needs beside the Latin one. */
type LocaleFacts = { name: string; dir: 'ltr' | 'rtl'; script: 'arabic' | 'devanagari' | 'hebrew' | undefined }
const latin = (name: string) => ({ name, dir: 'ltr', script: undefined }) as const

export const LOCALES = {
  en: latin('English'),
  es: latin('Español'),
  pt: latin('Português'),
  fr: latin('Français'),
  de: latin('Deutsch'),
  sw: latin('Kiswahili'),
  hi: { name: 'हिन्दी', dir: 'ltr', script: 'devanagari' },
  id: latin('Bahasa Indonesia'),
  ar: { name: 'العربية', dir: 'rtl', script: 'arabic' },
  he: { name: 'עברית', dir: 'rtl', script: 'hebrew' },
} as const satisfies Record<Language, LocaleFacts>
export type Locale = keyof typeof LOCALES

export const isLocale = (value: unknown): value is Locale => typeof value === 'string' && Object.hasOwn(LOCALES, value)

/** The best of our locales for an Accept-Language header. */
export function negotiateLocale(header: string | null): Locale {
  const wanted = (header ?? '').split(',').map((part) => part.split(';')[0]!.trim().toLowerCase())
  for (const tag of wanted) {
    const base = tag.split('-')[0]
    if (isLocale(base)) return base
  }
  return 'en'
}
