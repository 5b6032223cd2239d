import {
  type ChangeCustomField,
  type CreateCustomField,
  CUSTOM_FIELDS_MAX,
  type CustomField,
  type CustomFieldType,
} from '#domain/custom-fields/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { newId } from '#infra/ids.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting, ListPage } from './acting.ts'
import { assertQuota } from './quotas.ts'

type Row = {
  id: string
  key: string
  label: string
  type: CustomFieldType
  options: string[]
  required: boolean
  createdAt: Date
}

const toField = (row: Row): CustomField => ({ ...row, createdAt: iso(row.createdAt) })

const FIELD_COLUMNS = part`
  select id, key, label, type, options, required, created_at as "createdAt" from custom_fields`

/** Fields in the order they were made; the position is the id. */
export async function listCustomFields(tx: Tx, { limit, after }: ListPage): Promise<CustomField[]> {
  const rows = await tx.rows<Row>(
    query(FIELD_COLUMNS, after && part`where id > ${after[0]}::uuid`, part`order by id limit ${limit}`),
  )
  return rows.map(toField)
}

/** Every field of the tenant, up to more than any plan allows. */
export const allCustomFields = (tx: Tx): Promise<CustomField[]> => listCustomFields(tx, { limit: CUSTOM_FIELDS_MAX })

export async function getCustomField(tx: Tx, id: string): Promise<CustomField | undefined> {
  const row = await tx.row<Row>(query(FIELD_COLUMNS, part`where id = ${id}`))
  return row && toField(row)
}

/** @throws DomainError conflict when the key is taken, quota_exceeded beyond the plan. */
export async function createCustomField(tx: Tx, { tenantId }: Acting, input: CreateCustomField): Promise<CustomField> {
  await assertQuota(tx, tenantId, 'customFields')
  const row = await tx.row<Row>(sql`
    insert into custom_fields (id, tenant_id, key, label, type, options, required)
    values (${newId()}, ${tenantId}, ${input.key}, ${input.label}, ${input.type}, ${JSON.stringify(input.options)}, ${input.required})
    on conflict (tenant_id, key) do nothing
    returning id, key, label, type, options, required, created_at as "createdAt"`)
  if (row === undefined) {
    throw new DomainError('conflict', `There is a field ${input.key} already.`, {
      errors: [{ path: '/key', code: 'taken', message: 'There is a field with this key.' }],
    })
  }
  return toField(row)
}

/** Values that an option no longer allows stay as they are until somebody changes them. */
export async function changeCustomField(
  tx: Tx,
  id: string,
  change: ChangeCustomField,
): Promise<CustomField | undefined> {
  const field = await getCustomField(tx, id)
  if (field === undefined) return undefined
  if (field.type === 'choice' && change.options?.length === 0) {
    throw new DomainError('invalid_input', 'A choice needs an option.', {
      errors: [{ path: '/options', code: 'too_small', message: 'A choice needs at least one option.' }],
    })
  }
  const next = { ...field, ...change }
  await tx.run(sql`
    update custom_fields set label = ${next.label}, options = ${JSON.stringify(next.options)}, required = ${next.required},
      updated_at = now()
    where id = ${id}`)
  return next
}
