import { DomainError } from '#domain/errors.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting } from './acting.ts'
import { appendEvents } from './events.ts'

const TEXTS_MAX = 5_000

/** The texts of a language that the tenant in context says otherwise, by key. */
export async function translationOverrides(tx: Tx, locale: string): Promise<Record<string, string>> {
  const rows = await tx.rows<{ key: string; text: string }>(sql`
    select key, text from translation_overrides where locale = ${locale} order by key`)
  return Object.fromEntries(rows.map(({ key, text }) => [key, text]))
}

/** Puts some texts of a language beside those that are there already. */
export async function putTranslations(
  tx: Tx,
  acting: Acting,
  { locale, texts }: { locale: string; texts: Record<string, string> },
): Promise<void> {
  const rows = Object.entries(texts).map(([key, text]) => ({ key, text }))
  const by = acting.actor.kind === 'person' ? acting.actor.id : null
  await tx.run(sql`
    insert into translation_overrides (tenant_id, locale, key, text, updated_by)
    select ${acting.tenantId}, ${locale}, key, text, ${by}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as t(key text, text text)
    on conflict (tenant_id, locale, key)
    do update set text = excluded.text, updated_by = excluded.updated_by, updated_at = now()`)
  const row = await tx.row<{ count: number }>(sql`select count(*) from translation_overrides`)
  if ((row?.count ?? 0) > TEXTS_MAX) {
    throw new DomainError('quota_exceeded', `A tenant says at most ${TEXTS_MAX} texts otherwise.`)
  }
  await tellChanged(tx, acting, locale)
}

/** Goes back to the product's own text; false when it was not overridden. */
export async function deleteTranslation(
  tx: Tx,
  acting: Acting,
  { locale, key }: { locale: string; key: string },
): Promise<boolean> {
  const deleted = await tx.run(sql`delete from translation_overrides where locale = ${locale} and key = ${key}`)
  if (deleted === 1) await tellChanged(tx, acting, locale)
  return deleted === 1
}

const tellChanged = (tx: Tx, { tenantId, actor }: Acting, locale: string) =>
  appendEvents(tx, [
    { tenantId, type: 'translations.changed', actor, subject: { type: 'tenant', id: tenantId }, data: { locale } },
  ])
