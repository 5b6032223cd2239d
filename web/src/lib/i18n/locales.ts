export const LOCALES = {
  en: { name: 'English', dir: 'ltr' },
  ar: { name: 'العربية', dir: 'rtl' },
} as const satisfies Record<string, { name: string; dir: 'ltr' | 'rtl' }>
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
