import type { Calendar } from '#domain/calendars/schema.ts'
import type { Json } from '#domain/conditions/json.ts'
import type { FlowFacts } from '#domain/flows/run.ts'
import { sql, type Tx } from '../../tx.ts'

type Row = {
  id: string
  name: string
  phone: string | null
  email: string | null
  locale: string | null
  time_zone: string | null
  fields: Record<string, Json>
  tags: string[]
  business_name: string
  business_zone: string
  calendars: {
    id: string
    is_default: boolean
    timeZone: string
    week: Calendar['week']
    holidays: Calendar['holidays']
  }[]
}

/** What a run may read of the world, as it is now, in one statement. */
export async function loadFlowFacts(tx: Tx, contactId: string): Promise<FlowFacts> {
  const row = await tx.row<Row>(sql`
    select c.id, c.name, c.phone, c.email, c.locale, c.time_zone, c.fields, t.name as business_name,
      t.time_zone as business_zone,
      array(select g.name from contact_tags ct join tags g on g.tenant_id = ct.tenant_id and g.id = ct.tag_id
        where ct.tenant_id = c.tenant_id and ct.contact_id = c.id order by g.name) as tags,
      coalesce((select jsonb_agg(jsonb_build_object('id', k.id, 'is_default', k.is_default, 'timeZone', k.time_zone,
        'week', k.hours, 'holidays', k.holidays)) from calendars k where k.tenant_id = c.tenant_id), '[]') as calendars
    from contacts c join tenants t on t.id = c.tenant_id where c.id = ${contactId}`)
  if (row === undefined) throw new Error(`contact ${contactId} is not there`)
  return toFacts(row)
}

/** The same for many contacts at once; whoever is not there is absent. */
export async function loadFlowFactsOf(tx: Tx, contactIds: readonly string[]): Promise<Map<string, FlowFacts>> {
  if (contactIds.length === 0) return new Map()
  const rows = await tx.rows<Row>(sql`
    select c.id, c.name, c.phone, c.email, c.locale, c.time_zone, c.fields, t.name as business_name,
      t.time_zone as business_zone,
      array(select g.name from contact_tags ct join tags g on g.tenant_id = ct.tenant_id and g.id = ct.tag_id
        where ct.tenant_id = c.tenant_id and ct.contact_id = c.id order by g.name) as tags, k.calendars
    from contacts c join tenants t on t.id = c.tenant_id cross join (
      select coalesce(jsonb_agg(jsonb_build_object('id', id, 'is_default', is_default, 'timeZone', time_zone, 'week', hours,
        'holidays', holidays)), '[]') as calendars from calendars
    ) k
    where c.id = any(${contactIds}::uuid[])`)
  return new Map(rows.map((row) => [row.id, toFacts(row)]))
}

function toFacts(row: Row): FlowFacts {
  const calendars: Record<string, Calendar> = {}
  for (const { id, is_default, timeZone, week, holidays } of row.calendars) {
    calendars[id] = { timeZone, week, holidays }
    if (is_default) calendars['default'] = calendars[id]
  }
  const birthday = row.fields['birthday']
  return {
    contact: {
      id: row.id,
      name: row.name === '' ? null : row.name,
      phone: row.phone,
      email: row.email,
      locale: row.locale,
      timeZone: row.time_zone,
      birthday: typeof birthday === 'string' ? birthday : null,
      tags: row.tags,
      fields: row.fields,
    },
    business: { name: row.business_name, timeZone: row.business_zone },
    calendars,
  }
}
