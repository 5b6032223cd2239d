import { languageOf } from '#domain/languages.ts'
import { mailTexts } from '#domain/mails/texts.ts'
import { sql, type Tx } from '../tx.ts'

/**
 * What mails and pushes say in a language: the words of the tenant in context above those of the installation, and both
 * above the product's. Where the context names no tenant that there is, as for mails about accounts, the installation's.
 */
export async function mailWords(tx: Tx, locale: string): Promise<Record<string, string>> {
  const language = languageOf(locale) ?? 'en'
  const rows = await tx.rows<{ key: string; text: string }>(sql`
    select key, text from (
      select 1 as nearness, key, text from platform.texts where locale = ${language}
      union all
      select 2, key, text from translation_overrides where locale = ${language}) said
    where key like 'mails.%' or key like 'notices.%' order by nearness`)
  return { ...mailTexts(language), ...Object.fromEntries(rows.map(({ key, text }) => [key, text])) }
}
