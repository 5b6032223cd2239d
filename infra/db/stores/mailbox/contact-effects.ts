import type { Json } from '#domain/conditions/json.ts'
import { DomainError } from '#domain/errors.ts'
import type { Actor } from '#domain/events/schema.ts'
import type { FlowCommand } from '#domain/flows/run.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../../tx.ts'
import { type FieldChange, tellContactChanged } from '../contact-changes.ts'
import { appendEvents, type NewEvent } from '../events.ts'
import { assertQuota } from '../quotas.ts'

type ContactCommand = Extract<FlowCommand, { kind: 'setContactField' | 'addTag' | 'removeTag' }>

export const isContactCommand = (command: FlowCommand): command is ContactCommand =>
  command.kind === 'setContactField' || command.kind === 'addTag' || command.kind === 'removeTag'

/** Carries out what a flow does to its contact, in order, and tells of it. What is as it was already is not told. */
export async function applyContactCommands(
  tx: Tx,
  input: { tenantId: string; contactId: string; actor: Actor; commands: readonly ContactCommand[] },
): Promise<void> {
  const { tenantId, contactId, actor, commands } = input
  for (const command of commands) {
    const tell = (type: NewEvent['type'], data: Record<string, unknown>) =>
      appendEvents(tx, [{ tenantId, type, actor, subject: { type: 'contact', id: contactId }, data }])
    if (command.kind === 'setContactField') {
      const change = await setField(tx, contactId, command)
      if (change === undefined) continue
      const changed = [isColumn(change.field) ? change.field : `fields.${change.field}`]
      await tellContactChanged(tx, { tenantId, actor, contactId, changed, changes: [change] })
    } else if (command.kind === 'addTag') {
      const tag = await addTag(tx, { tenantId, contactId, name: command.tag })
      if (tag !== undefined) await tell('contact.tagged', { tag })
    } else if (await removeTag(tx, { tenantId, contactId, name: command.tag })) {
      await tell('contact.untagged', { tag: command.tag })
    }
  }
}

type Stored = {
  name: string
  email: string | null
  locale: string | null
  timeZone: string | null
  fields: Record<string, Json>
}

const COLUMNS = ['name', 'email', 'locale', 'timeZone'] as const
const isColumn = (field: string): field is (typeof COLUMNS)[number] => COLUMNS.some((column) => column === field)

/** @returns what is different now; undefined when nothing is. */
async function setField(
  tx: Tx,
  contactId: string,
  { field, value }: Extract<ContactCommand, { kind: 'setContactField' }>,
): Promise<FieldChange | undefined> {
  const stored = await tx.row<Stored>(sql`
    select name, email, locale, time_zone as "timeZone", fields from contacts where id = ${contactId} for update`)
  if (stored === undefined) return undefined
  const text = value === null ? null : String(value)
  if (!isColumn(field)) {
    const from = stored.fields[field] ?? null
    if (from === value) return undefined
    await tx.run(sql`
      update contacts set version = version + 1, updated_at = now(),
        fields = case when ${text}::text is null then fields - ${field}::text
          else fields || jsonb_build_object(${field}::text, ${JSON.stringify(value)}::jsonb) end
      where id = ${contactId}`)
    return { field, from, to: value }
  }
  const to = field === 'name' ? (text ?? '').slice(0, 200) : text
  if (stored[field] === to) return undefined
  await tx.run(sql`
    update contacts set version = version + 1, updated_at = now(),
      name = case when ${field} = 'name' then coalesce(${to}, '') else name end,
      email = case when ${field} = 'email' then ${to} else email end,
      locale = case when ${field} = 'locale' then ${to} else locale end,
      time_zone = case when ${field} = 'timeZone' then ${to} else time_zone end
    where id = ${contactId}`)
  return { field, from: stored[field], to }
}

type NamedTag = { tenantId: string; contactId: string; name: string }

/** @returns the name of the tag, as the tenant spells it, if it is new on the contact. */
async function addTag(tx: Tx, tag: NamedTag): Promise<string | undefined> {
  const known = await tx.row<{ id: string; name: string }>(sql`
    select id, name from tags where tenant_id = ${tag.tenantId} and lower(name) = lower(${tag.name})`)
  const put = known ?? (await makeTag(tx, tag))
  if (put === undefined) return undefined
  const added = await tx.run(sql`
    insert into contact_tags (tenant_id, contact_id, tag_id) values (${tag.tenantId}, ${tag.contactId}, ${put.id})
    on conflict do nothing`)
  return added > 0 ? put.name : undefined
}

/** Beyond the plan a flow goes on without its new tag: whoever runs the tenant has been told that there is no more room. */
async function makeTag(tx: Tx, { tenantId, name }: NamedTag): Promise<{ id: string; name: string } | undefined> {
  try {
    await assertQuota(tx, tenantId, 'tags')
  } catch (error) {
    if (error instanceof DomainError && error.code === 'quota_exceeded') return undefined
    throw error
  }
  return tx.row(sql`
    insert into tags (id, tenant_id, name) values (${newId()}, ${tenantId}, ${name})
    on conflict (tenant_id, lower(name)) do update set name = tags.name returning id, name`)
}

async function removeTag(tx: Tx, tag: { tenantId: string; contactId: string; name: string }): Promise<boolean> {
  const removed = await tx.run(sql`
    delete from contact_tags ct using tags t
    where ct.tenant_id = ${tag.tenantId} and ct.contact_id = ${tag.contactId} and t.tenant_id = ct.tenant_id
      and t.id = ct.tag_id and lower(t.name) = lower(${tag.name})`)
  return removed > 0
}
