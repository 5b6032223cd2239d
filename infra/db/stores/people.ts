import type { Person } from '#domain/people/schema.ts'
import { sql, type Tx } from '../tx.ts'

/** A person writes their own row only: the transaction must be in their context. */
export async function addPerson(
  tx: Tx,
  person: { id: string; email: string; name: string; locale: string },
): Promise<void> {
  await tx.run(sql`
    insert into people (id, email, name, locale)
    values (${person.id}, ${person.email.toLowerCase()}, ${person.name}, ${person.locale})
    on conflict (id) do nothing`)
}

/** The person, if they are the one in context or share the tenant in context. */
export function getPerson(tx: Tx, personId: string): Promise<Person | undefined> {
  return tx.row<Person>(sql`select id, email, name, locale, preferences from people where id = ${personId}`)
}

export type ChangePerson = {
  name?: string | undefined
  locale?: string | undefined
  preferences?: Record<string, unknown> | undefined
}

export async function changePerson(tx: Tx, personId: string, change: ChangePerson): Promise<void> {
  const preferences = change.preferences === undefined ? null : JSON.stringify(change.preferences)
  await tx.run(sql`
    update people set name = coalesce(${change.name ?? null}, name), locale = coalesce(${change.locale ?? null}, locale),
      preferences = coalesce(${preferences}::jsonb, preferences), updated_at = now()
    where id = ${personId}`)
}
