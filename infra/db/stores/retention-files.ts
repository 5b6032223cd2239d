import type { RetentionLimits } from '#domain/privacy/retention.ts'
import { part, query } from '../query.ts'
import { sql, type Tx } from '../tx.ts'
import { filesOfFlows } from './media-files.ts'

export type OldFile = { id: string; storageKey: string | null }
const AT_ONCE = 500

/**
 * CH-26: files whose message is past its time, or that have an end of their own. A file that people sent once more is as old
 * as that message and stays with its conversation, and one that a flow sends is kept as long as that version.
 */
export async function oldFiles(tx: Tx, tenantId: string, limits: RetentionLimits): Promise<OldFile[]> {
  return tx.rows<OldFile>(
    query(part`
    with of_flows as materialized (${filesOfFlows(tenantId)})
    select f.id, f.storage_key as "storageKey" from media_files f
    where f.tenant_id = ${tenantId} and (f.expires_at < now() or (
      greatest(f.created_at, f.used_at) < ${new Date(limits.historyBeforeMs)} and f.id not in (select id from of_flows)
      and not exists (select from conversations v
        where v.tenant_id = f.tenant_id and v.id = f.conversation_id and v.state <> 'closed')
      and not exists (select from sent_files s join conversations v on v.tenant_id = s.tenant_id and v.id = s.conversation_id
        where s.tenant_id = f.tenant_id and s.file_id = f.id and v.state <> 'closed')))
    order by f.id limit ${AT_ONCE}`),
  )
}

/** Exports whose workflow should have taken the file away a day ago, and was lost. */
export async function oldExports(tx: Tx, tenantId: string): Promise<OldFile[]> {
  return tx.rows<OldFile>(sql`
    select id, storage_key as "storageKey" from data_requests
    where tenant_id = ${tenantId} and storage_key is not null and expires_at < now() - interval '1 day'
    order by id limit ${AT_ONCE}`)
}
