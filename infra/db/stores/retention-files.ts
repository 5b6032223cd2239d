import type { RetentionLimits } from '#domain/privacy/retention.ts'
import { sql, type Tx } from '../tx.ts'

export type OldFile = { id: string; storageKey: string | null }
const AT_ONCE = 500

/**
 * CH-26: files whose message is past its time, or that have an end of their own. A file that people sent once more is as old
 * as that message, and one that a flow sends, in whichever version, is kept as long as there is that version.
 */
export async function oldFiles(tx: Tx, tenantId: string, limits: RetentionLimits): Promise<OldFile[]> {
  return tx.rows<OldFile>(sql`
    with of_flows as materialized (
      select distinct named[1]::uuid as id from (
        select definition as flow from flow_versions where tenant_id = ${tenantId}
        union all select draft from flows where tenant_id = ${tenantId}) flows,
        regexp_matches(flow::text, '"fileId": ?"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"', 'gi') named)
    select id, storage_key as "storageKey" from media_files
    where tenant_id = ${tenantId} and (expires_at < now() or (
      greatest(created_at, used_at) < ${new Date(limits.historyBeforeMs)} and id not in (select id from of_flows)
      and not exists (select from conversations v where v.tenant_id = media_files.tenant_id
        and v.id = media_files.conversation_id and v.state <> 'closed')))
    order by id limit ${AT_ONCE}`)
}

/** Exports whose workflow should have taken the file away a day ago, and was lost. */
export async function oldExports(tx: Tx, tenantId: string): Promise<OldFile[]> {
  return tx.rows<OldFile>(sql`
    select id, storage_key as "storageKey" from data_requests
    where tenant_id = ${tenantId} and storage_key is not null and expires_at < now() - interval '1 day'
    order by id limit ${AT_ONCE}`)
}
