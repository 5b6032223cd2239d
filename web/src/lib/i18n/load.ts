import { en } from './en/index.ts'
import type { Locale } from './locales.ts'
import type { Bundle } from './messages.ts'

export const FALLBACK: Bundle = en

/** English ships with the app and stands in for what another locale lacks; the others come when they are chosen. */
export async function loadBundle(locale: Locale): Promise<Bundle> {
  if (locale === 'ar') return (await import('./ar/index.ts')).ar
  return en
}
