import { isContactAttribute } from '#domain/flows/facts.ts'
import type { FlowDefinition } from '#domain/flows/schema.ts'
import { pinSubflows, subflowIds } from '#domain/flows/subflows.ts'
import type { ValidationContext } from '#domain/flows/validate.ts'
import { sql, type Tx } from '../tx.ts'

type Published = { id: string; versionId: string; definition: FlowDefinition }

/** Sub-flows may have sub-flows; no chain of them is longer than this before validation refuses it anyway. */
const DEPTH_MAX = 8

/** The published definitions of the flows that a definition runs inside itself, and of those inside them. */
async function publishedInside(tx: Tx, definition: FlowDefinition | undefined): Promise<Map<string, Published>> {
  const found = new Map<string, Published>()
  let wanted = definition === undefined ? [] : subflowIds(definition)
  for (let depth = 0; depth < DEPTH_MAX && wanted.length > 0; depth += 1) {
    const rows = await tx.rows<Published>(sql`
      select f.id, v.id as "versionId", v.definition from flows f
      join flow_versions v on v.tenant_id = f.tenant_id and v.id = f.published_version_id
      where f.id = any(${wanted}::uuid[]) and f.archived_at is null`)
    for (const row of rows) found.set(row.id, row)
    wanted = rows.flatMap((row) => subflowIds(row.definition)).filter((id) => !found.has(id))
  }
  return found
}

/** What a flow of this tenant may name: its fields, approved templates, calendars and the flows inside it. */
export async function validationContext(
  tx: Tx,
  { flowId, draft }: { flowId?: string; draft: FlowDefinition | undefined },
): Promise<ValidationContext> {
  const inside = await publishedInside(tx, draft)
  const fields = await tx.rows<{ key: string }>(sql`select key from custom_fields`)
  const templates = await tx.rows<{ place: string }>(sql`
    select distinct name || '/' || language as place from templates where status = 'approved'`)
  const calendars = await tx.rows<{ id: string }>(sql`select id from calendars`)
  return {
    ...(flowId === undefined ? {} : { flowId }),
    flows: Object.fromEntries([...inside].map(([id, { definition }]) => [id, definition])),
    customFields: fields.map(({ key }) => key).filter((key) => !isContactAttribute(key)),
    templates: templates.map(({ place }) => place),
    calendarIds: calendars.map(({ id }) => id),
  }
}

/** The definition as it is published: every sub-flow at the version that is in force now. */
export async function pinned(tx: Tx, definition: FlowDefinition): Promise<FlowDefinition> {
  const inside = await publishedInside(tx, definition)
  const versionIds = Object.fromEntries([...inside].map(([id, { versionId }]) => [id, versionId]))
  return pinSubflows(definition, versionIds)
}
