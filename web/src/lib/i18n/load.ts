import { en } from './en/index.ts'
import type { Locale } from './locales.ts'
import type { Bundle } from './messages.ts'

export const FALLBACK: Bundle = en

const LOADERS: Record<Locale, () => Promise<Bundle>> = {
  en: async () => en,
  es: async () => (await import('./es/index.ts')).es,
  pt: async () => (await import('./pt/index.ts')).pt,
  fr: async () => (await import('./fr/index.ts')).fr,
  de: async () => (await import('./de/index.ts')).de,
  sw: async () => (await import('./sw/index.ts')).sw,
  hi: async () => (await import('./hi/index.ts')).hi,
  id: async () => (await import('./id/index.ts')).id,
  ar: async () => (await import('./ar/index.ts')).ar,
  he: async () => (await import('./he/index.ts')).he,
}

/** English ships with the app and stands in for what another locale lacks; the others come when they are chosen. */
export const loadBundle = (locale: Locale): Promise<Bundle> => LOADERS[locale]()
