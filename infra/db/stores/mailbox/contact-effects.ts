import type { Actor } from '#domain/events/schema.ts'
import { isContactAttribute } from '#domain/flows/facts.ts'
import type { FlowCommand } from '#domain/flows/run.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../../tx.ts'
import { appendEvents, type NewEvent } from '../events.ts'

type ContactCommand = Extract<FlowCommand, { kind: 'setContactField' | 'addTag' | 'removeTag' }>

export const isContactCommand = (command: FlowCommand): command is ContactCommand =>
  command.kind === 'setContactField' || command.kind === 'addTag' || command.kind === 'removeTag'

/** Carries out what a flow does to its contact, in order, and tells of it. */
export async function applyContactCommands(
  tx: Tx,
  input: { tenantId: string; contactId: string; actor: Actor; commands: readonly ContactCommand[] },
): Promise<void> {
  const { tenantId, contactId, actor, commands } = input
  const events: NewEvent[] = []
  for (const command of commands) {
    const tell = (type: NewEvent['type'], data: Record<string, unknown>) =>
      events.push({ tenantId, type, actor, subject: { type: 'contact', id: contactId }, data })
    if (command.kind === 'setContactField') {
      await setField(tx, contactId, command.field, command.value)
      tell('contact.changed', { fields: [command.field] })
    } else if (command.kind === 'addTag') {
      if (await addTag(tx, { tenantId, contactId, name: command.tag })) tell('contact.tagged', { tag: command.tag })
    } else if (await removeTag(tx, { tenantId, contactId, name: command.tag })) {
      tell('contact.untagged', { tag: command.tag })
    }
  }
  await appendEvents(tx, events)
}

async function setField(
  tx: Tx,
  contactId: string,
  field: string,
  value: string | number | boolean | null,
): Promise<void> {
  const text = value === null ? null : String(value)
  if (isContactAttribute(field) && field !== 'birthday') {
    await tx.run(sql`
      update contacts set version = version + 1, updated_at = now(),
        name = case when ${field} = 'name' then left(coalesce(${text}, ''), 200) else name end,
        email = case when ${field} = 'email' then ${text} else email end,
        locale = case when ${field} = 'locale' then ${text} else locale end,
        time_zone = case when ${field} = 'timeZone' then ${text} else time_zone end
      where id = ${contactId}`)
    return
  }
  await tx.run(sql`
    update contacts set version = version + 1, updated_at = now(),
      fields = case when ${text}::text is null then fields - ${field}::text
        else fields || jsonb_build_object(${field}::text, ${JSON.stringify(value)}::jsonb) end
    where id = ${contactId}`)
}

async function addTag(tx: Tx, tag: { tenantId: string; contactId: string; name: string }): Promise<boolean> {
  const added = await tx.run(sql`
    with made as (
      insert into tags (id, tenant_id, name) values (${newId()}, ${tag.tenantId}, ${tag.name})
      on conflict (tenant_id, lower(name)) do update set name = tags.name returning id
    )
    insert into contact_tags (tenant_id, contact_id, tag_id) select ${tag.tenantId}, ${tag.contactId}, id from made
    on conflict do nothing`)
  return added > 0
}

async function removeTag(tx: Tx, tag: { tenantId: string; contactId: string; name: string }): Promise<boolean> {
  const removed = await tx.run(sql`
    delete from contact_tags ct using tags t
    where ct.tenant_id = ${tag.tenantId} and ct.contact_id = ${tag.contactId} and t.tenant_id = ct.tenant_id
      and t.id = ct.tag_id and lower(t.name) = lower(${tag.name})`)
  return removed > 0
}
