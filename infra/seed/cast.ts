import type { CustomField } from '#domain/custom-fields/schema.ts'
import { sql, type Tx } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import type { DemoHouse } from './houses.ts'
import type { Actor } from './scene-rows.ts'
import { seedId, seedNumber, seedPick } from './seeded.ts'

const DAY = 86_400_000

type CastRequest = {
  tenantId: string
  house: DemoHouse
  fields: readonly Pick<CustomField, 'key' | 'type' | 'options'>[]
  nowMs: number
}

type Person = Actor & {
  phone: string | null
  username: string | null
  locale: string
  tags: readonly string[]
  fields: Record<string, string | number | boolean>
  email: string | null
  createdAtMs: number
}

const MAIL_DOMAIN = 'mail.example'

/** The people of a house: those with a name of their own first, then as many as asked for, made of its lists. */
function castOf({ tenantId, house, fields, nowMs }: CastRequest): Person[] {
  const others = Array.from({ length: house.contactsCount - house.named.length }, (_, n) => ({
    name: `${seedPick(house.firstNames, house.key, 'first', n)} ${seedPick(house.lastNames, house.key, 'last', n)}`,
    phone: house.phone(n) as string | null,
    locale: house.locale,
    tags: house.tags.filter((tag) => seedNumber(9, house.key, tag.name, n) === 0).map((tag) => tag.name),
  }))
  return [...house.named, ...others].map((person, n) => {
    const createdAtMs = nowMs - (2 + seedNumber(170, house.key, 'age', n)) * DAY
    const id = seedId(createdAtMs, tenantId, 'contact', n)
    const username = 'username' in person ? (person.username ?? null) : null
    return {
      ...person,
      id,
      username,
      tags: person.tags ?? [],
      externalId: person.phone?.slice(1) ?? `${house.key === 'amani' ? 'KE' : 'MX'}.${String(7_000_000_000 + n)}`,
      fields: valuesOf(fields, `${house.key} ${n}`),
      email: emailOf(person.name, n),
      createdAtMs,
    }
  })
}

function emailOf(name: string, n: number): string | null {
  const plain = name
    .normalize('NFKD')
    .replace(/[^A-Za-z ]/g, '')
    .trim()
    .toLowerCase()
    .replaceAll(' ', '.')
  return plain === '' || n % 3 === 0 ? null : `${plain}@${MAIL_DOMAIN}`
}

function valuesOf(fields: CastRequest['fields'], key: string): Record<string, string | number | boolean> {
  const values: Record<string, string | number | boolean> = {}
  for (const field of fields) {
    if (field.key === 'interest' || seedNumber(10, key, field.key) < 4) continue
    if (field.type === 'choice') values[field.key] = seedPick(field.options, key, field.key, 'value')
    if (field.type === 'number') values[field.key] = seedNumber(900, key, field.key, 'value') * 10
    if (field.type === 'checkbox') values[field.key] = seedNumber(3, key, field.key, 'value') > 0
    if (field.type === 'text')
      values[field.key] = seedPick(['Flat white', 'Espresso', 'Masala chai', 'Cold brew'], key, field.key)
    if (field.type === 'date') values[field.key] = `202${seedNumber(6, key)}-0${1 + seedNumber(9, key, 'month')}-15`
  }
  if (seedNumber(4, key, 'birthday') === 0)
    values['birthday'] =
      `19${60 + seedNumber(40, key, 'year')}-0${1 + seedNumber(9, key, 'm')}-1${seedNumber(10, key, 'd')}`
  return values
}

/** What a person agreed to: most to everything, some to nothing yet, a few have taken marketing back. */
function consentsOf(person: Person): { category: string; state: string; source: string }[] {
  const luck = seedNumber(10, person.id, 'consent')
  if (luck < 3) return [{ category: 'service', state: 'granted', source: 'first_message' }]
  const marketing = {
    category: 'marketing',
    state: luck === 3 ? 'withdrawn' : 'granted',
    source: luck === 3 ? 'keyword:STOP' : 'checkout',
  }
  return [
    marketing,
    { category: 'utility', state: 'granted', source: 'checkout' },
    { category: 'service', state: 'granted', source: 'first_message' },
  ]
}

/** Writes the people of a house and what hangs on them. */
export async function writeCast(
  tx: Tx,
  request: CastRequest & { businessAccountId: string | undefined; tagIds: ReadonlyMap<string, string> },
): Promise<Actor[]> {
  const { tenantId, businessAccountId, tagIds } = request
  const cast = castOf(request)
  const rows = cast.map(({ createdAtMs, tags, ...person }) => ({
    ...person,
    tags: tags.map((name) => tagIds.get(name)),
    consents: consentsOf({ ...person, createdAtMs, tags }),
    identityId: newId(),
    at: new Date(createdAtMs).toISOString(),
  }))
  const json = JSON.stringify(rows)
  await tx.run(sql`
    insert into contacts (id, tenant_id, name, phone, email, locale, fields, first_seen_at, last_seen_at, created_at, updated_at)
    select id, ${tenantId}, name, phone, email, locale, fields, at, at, at, at
    from jsonb_to_recordset(${json}::jsonb) as c(id uuid, name text, phone text, email text, locale text, fields jsonb, at timestamptz)`)
  if (businessAccountId !== undefined) {
    await tx.run(sql`
      insert into contact_identities (id, tenant_id, contact_id, channel_kind, business_account_id, external_id, type, username)
      select "identityId", ${tenantId}, id, 'whatsapp_cloud', ${businessAccountId}, "externalId",
        case when phone is null then 'user' else 'phone' end, username
      from jsonb_to_recordset(${json}::jsonb)
        as c(id uuid, "identityId" uuid, "externalId" text, phone text, username text)`)
  }
  await tx.run(sql`
    insert into contact_tags (tenant_id, contact_id, tag_id)
    select ${tenantId}, c.id, tag_id::uuid
    from jsonb_to_recordset(${json}::jsonb) as c(id uuid, tags jsonb), jsonb_array_elements_text(c.tags) as tag_id`)
  await tx.run(sql`
    insert into consents (tenant_id, contact_id, category, state, source, at)
    select ${tenantId}, c.id, s.category, s.state, s.source, c.at
    from jsonb_to_recordset(${json}::jsonb) as c(id uuid, consents jsonb, at timestamptz),
      jsonb_to_recordset(c.consents) as s(category text, state text, source text)`)
  return cast.map(({ id, name, externalId }) => ({ id, name, externalId }))
}
