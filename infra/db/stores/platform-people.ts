import { DomainError } from '#domain/errors.ts'
import type { PlatformAdministrator, PlatformSettings } from '#domain/platform/schema.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'

/** Whether somebody runs the installation, and what it asks of those who do. Every verb here runs as the platform. */
export function platformAccess(
  tx: Tx,
  personId: string,
): Promise<{ isAdministrator: boolean; secondFactorRequired: boolean } | undefined> {
  return tx.row(sql`
    select exists (select 1 from platform.administrators where person_id = ${personId}) as "isAdministrator",
      second_factor_required as "secondFactorRequired" from platform.settings`)
}

export async function listAdministrators(tx: Tx): Promise<PlatformAdministrator[]> {
  const rows = await tx.rows<Omit<PlatformAdministrator, 'createdAt'> & { createdAt: Date }>(sql`
    select a.person_id as "personId", p.name, p.email, a.created_at as "createdAt"
    from platform.administrators a join people p on p.id = a.person_id order by a.created_at, a.person_id limit 500`)
  return rows.map((row) => ({ ...row, createdAt: iso(row.createdAt) }))
}

/** False when they are one already. */
export async function addAdministrator(
  tx: Tx,
  { personId, addedBy }: { personId: string; addedBy: string | null },
): Promise<boolean> {
  const added = await tx.run(sql`
    insert into platform.administrators (person_id, added_by) values (${personId}, ${addedBy})
    on conflict (person_id) do nothing`)
  return added === 1
}

/** Throws `conflict` rather than leave an installation that nobody runs. */
export async function removeAdministrator(tx: Tx, personId: string): Promise<boolean> {
  await tx.row(sql`select 1 from platform.settings for update`)
  const removed = await tx.run(sql`delete from platform.administrators where person_id = ${personId}`)
  const left = await tx.row(sql`select 1 from platform.administrators limit 1`)
  if (left === undefined) throw new DomainError('conflict', 'An installation keeps at least one administrator.')
  return removed === 1
}

export async function platformSettings(tx: Tx): Promise<PlatformSettings> {
  return (await tx.row<PlatformSettings>(sql`
    select second_factor_required as "secondFactorRequired" from platform.settings`))!
}

export async function changePlatformSettings(tx: Tx, settings: PlatformSettings): Promise<void> {
  await tx.run(sql`
    update platform.settings set second_factor_required = ${settings.secondFactorRequired}, updated_at = now()`)
}
