import { DomainError } from '#domain/errors.ts'
import type { ChangeTag, CreateTag, Tag, TagColor } from '#domain/tags/schema.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { assertQuota } from './quotas.ts'

type Row = {
  id: string
  name: string
  color: TagColor
  contactCount: number
  conversationCount: number
  createdAt: Date
}

const toTag = (row: Row): Tag => ({ ...row, createdAt: iso(row.createdAt) })

const TAG_COLUMNS = part`
  select t.id, t.name, t.color, t.created_at as "createdAt",
    (select count(*) from contact_tags ct where ct.tenant_id = t.tenant_id and ct.tag_id = t.id) as "contactCount",
    (select count(*) from conversation_tags vt where vt.tenant_id = t.tenant_id and vt.tag_id = t.id) as "conversationCount"
  from tags t`

/** Tags by name. The position is (lower name, id). */
export async function listTags(tx: Tx, { limit, after }: ListPage): Promise<Tag[]> {
  const rows = await tx.rows<Row>(
    query(
      TAG_COLUMNS,
      after && part`where (lower(t.name), t.id) > (${after[0]}, ${after[1]}::uuid)`,
      part`order by lower(t.name), t.id limit ${limit}`,
    ),
  )
  return rows.map(toTag)
}

export async function getTag(tx: Tx, id: string): Promise<Tag | undefined> {
  const row = await tx.row<Row>(query(TAG_COLUMNS, part`where t.id = ${id}`))
  return row && toTag(row)
}

/** @throws DomainError conflict when a tag of this name is there, whatever its case. */
export async function createTag(tx: Tx, { tenantId }: Acting, input: CreateTag): Promise<Tag> {
  await assertQuota(tx, tenantId, 'tags')
  const row = await tx.row<Row>(sql`
    insert into tags (id, tenant_id, name, color) values (${newId()}, ${tenantId}, ${input.name}, ${input.color})
    on conflict (tenant_id, lower(name)) do nothing
    returning id, name, color, created_at as "createdAt", 0 as "contactCount",
      0 as "conversationCount"`)
  if (row === undefined) throw nameTaken(input.name)
  return toTag(row)
}

export async function changeTag(tx: Tx, id: string, change: ChangeTag): Promise<Tag | undefined> {
  const taken = await tx.row(sql`select 1 from tags where lower(name) = lower(${change.name ?? null}) and id <> ${id}`)
  if (taken !== undefined) throw nameTaken(change.name ?? '')
  await tx.run(sql`
    update tags set name = coalesce(${change.name ?? null}, name), color = coalesce(${change.color ?? null}, color)
    where id = ${id}`)
  return getTag(tx, id)
}

/** Removes a tag from the house and from everybody and everything that carries it. */
export async function deleteTag(tx: Tx, id: string): Promise<boolean> {
  return (await tx.run(sql`delete from tags where id = ${id}`)) === 1
}

const nameTaken = (name: string) =>
  new DomainError('conflict', `There is a tag ${JSON.stringify(name)} already.`, {
    errors: [{ path: '/name', code: 'taken', message: 'There is a tag of this name.' }],
  })
