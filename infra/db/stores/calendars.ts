import type { ChangeCalendar, CreateCalendar, StoredCalendar } from '#domain/calendars/api.ts'
import { DomainError } from '#domain/errors.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'

type Row = Omit<StoredCalendar, 'createdAt' | 'updatedAt'> & { createdAt: Date; updatedAt: Date }
const toCalendar = (row: Row): StoredCalendar => ({
  ...row,
  createdAt: iso(row.createdAt),
  updatedAt: iso(row.updatedAt),
})

const CALENDARS = part`
  select id, name, time_zone as "timeZone", hours as week, holidays, is_default as "isDefault",
    created_at as "createdAt", updated_at as "updatedAt"
  from calendars where true`

const WORKDAYS = [0, 1, 2, 3, 4].map((day) => ({ day, spans: [{ opens: '09:00', closes: '17:00' }] }))

/** The calendar that every new tenant starts with: Monday to Friday, nine to five. */
export async function addDefaultCalendar(
  tx: Tx,
  { tenantId, name, timeZone }: { tenantId: string; name: string; timeZone: string },
): Promise<void> {
  await createCalendar(tx, tenantId, { name, timeZone, week: WORKDAYS, holidays: [], isDefault: true })
}

/** Calendars in the order they were made. The position is (id). */
export async function listCalendars(tx: Tx, { limit, after }: ListPage): Promise<StoredCalendar[]> {
  const rows = await tx.rows<Row>(
    query(CALENDARS, after && part`and id > ${after[0]}::uuid`, part`order by id limit ${limit}`),
  )
  return rows.map(toCalendar)
}

export async function getCalendar(tx: Tx, id: string): Promise<StoredCalendar | undefined> {
  const row = await tx.row<Row>(query(CALENDARS, part`and id = ${id}`))
  return row && toCalendar(row)
}

export async function createCalendar(tx: Tx, tenantId: string, input: CreateCalendar): Promise<StoredCalendar> {
  const id = newId()
  if (input.isDefault) await tx.run(sql`update calendars set is_default = false where is_default`)
  await tx.run(sql`
    insert into calendars (id, tenant_id, name, time_zone, hours, holidays, is_default)
    values (${id}, ${tenantId}, ${input.name}, ${input.timeZone}, ${JSON.stringify(input.week)},
      ${JSON.stringify(input.holidays)}, ${input.isDefault})`)
  return (await getCalendar(tx, id))!
}

export async function changeCalendar(tx: Tx, id: string, change: ChangeCalendar): Promise<StoredCalendar | undefined> {
  if (change.isDefault) await tx.run(sql`update calendars set is_default = false where is_default and id <> ${id}`)
  const week = change.week === undefined ? null : JSON.stringify(change.week)
  const holidays = change.holidays === undefined ? null : JSON.stringify(change.holidays)
  await tx.run(sql`
    update calendars set name = coalesce(${change.name ?? null}, name),
      time_zone = coalesce(${change.timeZone ?? null}, time_zone), hours = coalesce(${week}::jsonb, hours),
      holidays = coalesce(${holidays}::jsonb, holidays), is_default = is_default or ${change.isDefault ?? false},
      updated_at = now()
    where id = ${id}`)
  return getCalendar(tx, id)
}

/** False when there is none. The default calendar stays until another one takes its place. */
export async function deleteCalendar(tx: Tx, id: string): Promise<boolean> {
  const calendar = await getCalendar(tx, id)
  if (calendar === undefined) return false
  if (calendar.isDefault) throw new DomainError('conflict', 'The default calendar cannot be deleted.')
  return (await tx.run(sql`delete from calendars where id = ${id}`)) === 1
}
