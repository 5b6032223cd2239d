import { sql, type Tx } from '../tx.ts'

/** What the product says otherwise in this installation. Runs as the platform or inside a tenant. */
export async function platformTexts(tx: Tx, locale: string): Promise<Record<string, string>> {
  const rows = await tx.rows<{ key: string; text: string }>(sql`
    select key, text from platform.texts where locale = ${locale} order by key`)
  return Object.fromEntries(rows.map(({ key, text }) => [key, text]))
}

export async function putPlatformTexts(
  tx: Tx,
  { locale, texts, by }: { locale: string; texts: Record<string, string>; by: string },
): Promise<void> {
  const rows = Object.entries(texts).map(([key, text]) => ({ key, text }))
  await tx.run(sql`
    insert into platform.texts (locale, key, text, updated_by)
    select ${locale}, key, text, ${by} from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(key text, text text)
    on conflict (locale, key) do update set text = excluded.text, updated_by = excluded.updated_by, updated_at = now()`)
}

export async function deletePlatformText(tx: Tx, { locale, key }: { locale: string; key: string }): Promise<boolean> {
  return (await tx.run(sql`delete from platform.texts where locale = ${locale} and key = ${key}`)) === 1
}
