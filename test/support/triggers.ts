import type pg from 'pg'
import type { FlowDefinition } from '#domain/flows/schema.ts'
import { addTag, changeContact } from '#infra/db/stores/contacts.ts'
import { createFlow, publishFlow } from '#infra/db/stores/flows.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { type Engine, eventually } from './engine.ts'
import { flow } from './flows.ts'

export type EngineTenant = Awaited<ReturnType<Engine['tenant']>>

const person = newId()
export const acting = (tenant: EngineTenant) => ({
  tenantId: tenant.tenantId,
  actor: { kind: 'person', id: person } as const,
})

/** Published and switched on by the verbs of the product, so that everybody hears of it. */
export async function publish(tenant: EngineTenant, definition: FlowDefinition): Promise<string> {
  return tenant.read(async (tx) => {
    const id = await createFlow(tx, acting(tenant), { name: 'Flow', description: '', priority: 100, draft: definition })
    await publishFlow(tx, acting(tenant), { id, version: 1, definition, note: '', enable: true })
    return id
  })
}

/** A contact who has written once. */
export async function contactOf(engine: Engine, tenant: EngineTenant, phone: string): Promise<string> {
  await engine.simulator.says(phone, tenant.phoneNumberId, 'hello')
  return eventually('the contact', async () => {
    const row = await tenant.read((tx) =>
      tx.row<{ contact_id: string }>(sql`
        select contact_id from contact_identities where external_id = ${phone}`),
    )
    return row?.contact_id
  })
}

export const tagged = (tenant: EngineTenant, contactId: string, name: string) =>
  tenant.read(async (tx) => {
    const tagId = newId()
    await tx.run(sql`insert into tags (id, tenant_id, name) values (${tagId}, ${tenant.tenantId}, ${name})`)
    await addTag(tx, acting(tenant), contactId, tagId)
  })

export const changed = (tenant: EngineTenant, contactId: string, name: string) =>
  tenant.read((tx) => changeContact(tx, acting(tenant), { id: contactId, change: { name } }))

type Run = { id: string; flow_id: string; contact_id: string; state: string; cause: Record<string, unknown> }
export const runsOf = (tenant: EngineTenant, flowId: string): Promise<Run[]> =>
  tenant.read((tx) =>
    tx.rows<Run>(sql`
      select id, flow_id, contact_id, state, cause from runs where flow_id = ${flowId} order by started_at, id`),
  )
export const runs = (tenant: EngineTenant, flowId: string, count: number) =>
  eventually(`${count} runs`, async () => {
    const found = await runsOf(tenant, flowId)
    return found.length >= count && found
  })

/** Until every reader has passed what happened before this was called. */
export async function reactionsDone(admin: pg.Pool): Promise<void> {
  const { rows } = await admin.query<{ unnumbered: string }>(
    'select id as unnumbered from events order by id desc limit 1',
  )
  const last = rows[0]?.unnumbered
  await eventually('the readers have read', async () => {
    const { rows: found } = await admin.query(
      `select 1 from events e where e.id = $1 and e.position <= (select min(position) from event_cursors)`,
      [last],
    )
    return found.length > 0
  })
}

export const says = (text: string) => ({ type: 'send_text', config: { text } })
export const sayOn = (triggers: Record<string, unknown>[], text = 'hi {{contact.name}}') =>
  flow({ start: { type: 'start' }, say: says(text) }, ['start.next > say'], triggers)
const textOf = (send: { body: Record<string, unknown> }) => (send.body['text'] as { body: string } | undefined)?.body
export const textsTo = async (engine: Engine, tenant: EngineTenant) =>
  (await engine.simulator.log()).filter((send) => send.phoneNumberId === tenant.phoneNumberId).map(textOf)
