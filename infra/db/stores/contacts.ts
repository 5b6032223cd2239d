import { isDay, mergeFieldValues } from '#domain/contacts/field-values.ts'
import type {
  ChangeContact,
  Consent,
  Contact,
  ContactIdentity,
  ContactSummary,
  CreateContact,
  FieldValue,
} from '#domain/contacts/schema.ts'
import { DomainError } from '#domain/errors.ts'
import type { TagRef } from '#domain/tags/schema.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { type FieldChange, tellContactChanged } from './contact-changes.ts'
import { matchingContacts } from './contact-search.ts'
import { allCustomFields } from './custom-fields.ts'
import { appendEvents } from './events.ts'
import { assertQuota } from './quotas.ts'

type SummaryRow = Omit<ContactSummary, 'lastSeenAt' | 'createdAt'> & { lastSeenAt: Date; createdAt: Date }

const SUMMARY = part`
  select c.id, c.name, c.phone, c.email, c.locale, c.blocked, c.last_seen_at as "lastSeenAt", c.created_at as "createdAt",
    coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'color', t.color) order by lower(t.name))
      from contact_tags ct join tags t on t.tenant_id = ct.tenant_id and t.id = ct.tag_id
      where ct.tenant_id = c.tenant_id and ct.contact_id = c.id), '[]') as tags
  from contacts c where c.erased_at is null`

const toSummary = (row: SummaryRow): ContactSummary => ({
  ...row,
  lastSeenAt: iso(row.lastSeenAt),
  createdAt: iso(row.createdAt),
})

/** Contacts, newest first; the position is the id. `q` finds the beginnings of words, and any part of a number. */
export async function listContacts(
  tx: Tx,
  { limit, after, q, tagId }: ListPage & { q?: string | undefined; tagId?: string | undefined },
): Promise<ContactSummary[]> {
  const matching = q === undefined ? undefined : await matchingContacts(tx, part`c.id`, q)
  if (q !== undefined && matching === undefined) return []
  const rows = await tx.rows<SummaryRow>(
    query(
      SUMMARY,
      matching,
      tagId !== undefined && part`and c.id in (select contact_id from contact_tags where tag_id = ${tagId})`,
      after && part`and c.id < ${after[0]}::uuid`,
      part`order by c.id desc limit ${limit}`,
    ),
  )
  return rows.map(toSummary)
}

type DetailRow = {
  timeZone: string | null
  fields: Record<string, FieldValue>
  firstSeenAt: Date
  updatedAt: Date
  version: number
  identities: ContactIdentity[]
  consents: (Omit<Consent, 'at'> & { at: string })[]
  suppressions: (Omit<Contact['suppressions'][number], 'at'> & { at: string })[]
  received: number
  sent: number
  conversationCount: number
}

/** A contact with all that is known of them; undefined when there is none, or none any more. */
export async function getContact(tx: Tx, id: string): Promise<Contact | undefined> {
  const summary = await tx.row<SummaryRow>(query(SUMMARY, part`and c.id = ${id}`))
  if (summary === undefined) return undefined
  const detail = (await tx.row<DetailRow>(sql`
    select c.time_zone as "timeZone", c.fields, c.first_seen_at as "firstSeenAt",
      c.updated_at as "updatedAt", c.version,
      coalesce((select jsonb_agg(jsonb_build_object('id', i.id, 'channelKind', i.channel_kind, 'businessAccountId',
          i.business_account_id, 'externalId', i.external_id, 'type', i.type, 'username', i.username) order by i.id)
        from contact_identities i where i.tenant_id = c.tenant_id and i.contact_id = c.id), '[]') as identities,
      coalesce((select jsonb_agg(jsonb_build_object('category', s.category, 'state', s.state, 'source', s.source, 'at', s.at)
          order by s.category)
        from consents s where s.tenant_id = c.tenant_id and s.contact_id = c.id), '[]') as consents,
      coalesce((select jsonb_agg(jsonb_build_object('category', s.category, 'reason', s.reason, 'at', s.created_at) order by s.id)
        from suppressions s where s.tenant_id = c.tenant_id and s.contact_id = c.id), '[]') as suppressions,
      m.received, m.sent, m.conversations as "conversationCount"
    from contacts c, lateral (
      select count(*) filter (where m.direction = 'inbound') as received,
        count(*) filter (where m.direction = 'outbound') as sent, count(distinct v.id) as conversations
      from conversations v left join messages m on m.tenant_id = v.tenant_id and m.conversation_id = v.id
      where v.tenant_id = c.tenant_id and v.contact_id = c.id
    ) m
    where c.id = ${id}`))!
  const { received, sent, fields: stored, ...rest } = detail
  const { birthday, ...fields } = stored
  return {
    ...toSummary(summary),
    ...rest,
    fields,
    birthday: typeof birthday === 'string' && isDay(birthday) ? birthday : null,
    firstSeenAt: iso(detail.firstSeenAt),
    updatedAt: iso(detail.updatedAt),
    consents: detail.consents.map((consent) => ({ ...consent, at: iso(new Date(consent.at)) })),
    suppressions: detail.suppressions.map((one) => ({ ...one, at: iso(new Date(one.at)) })),
    messageCounts: { received, sent },
  }
}

/**
 * Makes a contact by hand, reachable on every WhatsApp account of the tenant by its phone number.
 * @returns its id. @throws DomainError conflict when the number belongs to somebody, invalid_input for field values.
 */
export async function createContact(tx: Tx, { tenantId, actor }: Acting, input: CreateContact): Promise<string> {
  await assertQuota(tx, tenantId, 'contacts')
  const id = newId()
  const fields = await fieldsOf(tx, {}, input.fields ?? {}, true)
  const externalId = input.phone.slice(1)
  const taken = await tx.row<{ id: string }>(sql`
    select c.id from contacts c where c.phone = ${input.phone} and c.erased_at is null
    union all
    select i.contact_id from contact_identities i where i.external_id = ${externalId} and i.type = 'phone' limit 1`)
  if (taken !== undefined) throw phoneTaken()
  await tx.run(sql`
    insert into contacts (id, tenant_id, name, phone, email, locale, time_zone, fields)
    values (${id}, ${tenantId}, ${input.name ?? ''}, ${input.phone}, ${input.email ?? null}, ${input.locale ?? null},
      ${input.timeZone ?? null}, ${JSON.stringify(withBirthday(fields.values, input.birthday))})`)
  await tx.run(sql`
    insert into contact_identities (id, tenant_id, contact_id, channel_kind, business_account_id, external_id, type)
    select gen_random_uuid(), ${tenantId}, ${id}, a.kind, a.business_account_id, ${externalId}, 'phone'
    from (select distinct kind, business_account_id from channels) a`)
  for (const tagId of new Set(input.tagIds ?? [])) await putTag(tx, { tenantId, contactId: id, tagId })
  appendEvents(tx, [{ tenantId, type: 'contact.created', actor, subject: { type: 'contact', id } }])
  return id
}

type Stored = {
  version: number
  name: string
  phone: string | null
  email: string | null
  locale: string | null
  timeZone: string | null
  fields: Record<string, FieldValue>
}

/**
 * Changes a contact's attributes. @returns what is different now, and the version after; undefined when there is none.
 * @throws DomainError conflict when `version` is given and somebody else was faster.
 */
export async function changeContact(
  tx: Tx,
  { tenantId, actor }: Acting,
  { id, change }: { id: string; change: ChangeContact },
): Promise<{ version: number; changes: FieldChange[] } | undefined> {
  const stored = await tx.row<Stored>(sql`
    select version, name, phone, email, locale, time_zone as "timeZone", fields from contacts where id = ${id} and erased_at is null for update`)
  if (stored === undefined) return undefined
  if (change.version !== undefined && change.version !== stored.version) {
    throw new DomainError('conflict', 'Somebody changed this contact meanwhile.')
  }
  const fields = await fieldsOf(tx, stored.fields, change.fields ?? {}, false)
  if (change.phone && change.phone !== stored.phone) {
    const taken = await tx.row(sql`
      select 1 from contacts where phone = ${change.phone} and id <> ${id} and erased_at is null`)
    if (taken !== undefined) throw phoneTaken()
  }
  const { fields: _fields, version: _version, ...attributes } = change
  const changed = [...Object.keys(attributes), ...fields.changed.map((key) => `fields.${key}`)]
  if (changed.length === 0) return { version: stored.version, changes: [] }
  // A given null clears, a missing key leaves alone: hence a flag beside each value that may be null.
  const given = (key: keyof typeof attributes) => attributes[key] !== undefined
  await tx.run(sql`
    update contacts set
      name = coalesce(${change.name ?? null}, name),
      phone = case when ${given('phone')} then ${change.phone ?? null} else phone end,
      email = case when ${given('email')} then ${change.email ?? null} else email end,
      locale = case when ${given('locale')} then ${change.locale ?? null} else locale end,
      time_zone = case when ${given('timeZone')} then ${change.timeZone ?? null} else time_zone end,
      blocked = coalesce(${change.blocked ?? null}, blocked),
      fields = ${JSON.stringify(withBirthday(fields.values, change.birthday))}, version = version + 1, updated_at = now()
    where id = ${id}`)
  const changes = differences(stored, change, fields)
  await tellContactChanged(tx, { tenantId, actor, contactId: id, changed, changes })
  return { version: stored.version + 1, changes }
}

function differences(
  stored: Stored,
  change: ChangeContact,
  fields: { values: Record<string, FieldValue>; changed: readonly string[] },
): FieldChange[] {
  const attributes = (['name', 'email', 'locale', 'timeZone'] as const).flatMap((field) =>
    change[field] === undefined ? [] : [{ field, from: stored[field], to: change[field] }],
  )
  const birthday = stored.fields['birthday'] ?? null
  return [
    ...attributes,
    ...(change.birthday === undefined ? [] : [{ field: 'birthday', from: birthday, to: change.birthday }]),
    ...fields.changed.map((field) => ({
      field,
      from: stored.fields[field] ?? null,
      to: fields.values[field] ?? null,
    })),
  ].filter(({ from, to }) => from !== to)
}

/** CONT-13: the birthday lies beside the custom fields, where flows read and write it. */
function withBirthday(values: Record<string, FieldValue>, birthday: string | null | undefined) {
  if (birthday === undefined) return values
  const { birthday: _old, ...others } = values
  return birthday === null ? others : { ...others, birthday }
}

async function fieldsOf(
  tx: Tx,
  stored: Record<string, FieldValue>,
  changes: Record<string, FieldValue | null>,
  complete: boolean,
) {
  const merged = mergeFieldValues(await allCustomFields(tx), stored, changes, { complete })
  if (merged.kind === 'refused') {
    throw new DomainError('invalid_input', 'Some fields do not fit.', { errors: merged.errors })
  }
  return merged
}

const phoneTaken = () =>
  new DomainError('conflict', 'Another contact has this number.', {
    errors: [{ path: '/phone', code: 'taken', message: 'Another contact has this number.' }],
  })

type Tagging = { tenantId: string; contactId: string; tagId: string }

/** @returns the name of the tag if the contact did not have it. */
async function putTag(tx: Tx, { tenantId, contactId, tagId }: Tagging): Promise<string | undefined> {
  const tag = await tx.row<TagRef>(sql`select name from tags where id = ${tagId} for key share`)
  if (tag === undefined) throw new DomainError('not_found', 'There is no such tag.')
  const added = await tx.run(sql`
    insert into contact_tags (tenant_id, contact_id, tag_id) values (${tenantId}, ${contactId}, ${tagId})
    on conflict do nothing`)
  return added === 1 ? tag.name : undefined
}

/**
 * CONT-02: puts a tag on a contact; on one who has it, nothing happens.
 * @returns the name of the tag if it is new on the contact. @throws DomainError not_found for either.
 */
export async function addTag(
  tx: Tx,
  { tenantId, actor }: Acting,
  contactId: string,
  tagId: string,
): Promise<string | undefined> {
  const known = await tx.row(sql`select 1 from contacts where id = ${contactId} and erased_at is null for key share`)
  if (known === undefined) throw new DomainError('not_found', 'There is no such contact.')
  const name = await putTag(tx, { tenantId, contactId, tagId })
  if (name === undefined) return undefined
  appendEvents(tx, [
    {
      tenantId,
      type: 'contact.tagged',
      actor,
      subject: { type: 'contact', id: contactId },
      data: { tagId, tag: name },
    },
  ])
  return name
}

export async function removeTag(tx: Tx, { tenantId, actor }: Acting, contactId: string, tagId: string): Promise<void> {
  const gone = await tx.run(sql`delete from contact_tags where contact_id = ${contactId} and tag_id = ${tagId}`)
  if (gone === 0) return
  appendEvents(tx, [
    { tenantId, type: 'contact.untagged', actor, subject: { type: 'contact', id: contactId }, data: { tagId } },
  ])
}
