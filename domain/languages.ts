/** The languages of the product: of its screens, of the mail it writes, and of the words it understands from contacts. */
export const LANGUAGES = ['en', 'es', 'pt', 'fr', 'de', 'sw', 'hi', 'id', 'ar', 'he'] as const
export type Language = (typeof LANGUAGES)[number]

/** The language of ours that a tag such as `pt-BR` or `AR` asks for, if we have it. */
export function languageOf(tag: string | null | undefined): Language | undefined {
  const wanted = tag?.toLowerCase().split(/[-_]/)[0]
  return LANGUAGES.find((language) => language === wanted)
}
