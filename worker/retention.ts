import { type RetentionLimits, type RetentionPolicy, retentionLimits } from '#domain/privacy/retention.ts'
import { forgetExport } from '#infra/db/stores/data-requests.ts'
import { forgetFile } from '#infra/db/stores/erasure.ts'
import { allRetention, commonLimits } from '#infra/db/stores/retention.ts'
import { deleteOldAuditLines, noteAuditKeptFrom } from '#infra/db/stores/retention-audit.ts'
import { type OldFile, oldExports, oldFiles } from '#infra/db/stores/retention-files.ts'
import { dropOldMonths, MONTHLY_TABLES, type MonthlyTable } from '#infra/db/stores/retention-months.ts'
import { oldRows } from '#infra/db/stores/retention-rows.ts'
import type { Db, Tx } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import type { MediaStore } from '#infra/media/store.ts'

export type RetentionDeps = { db: Db; media: MediaStore; log: Logger; now: () => number }

/**
 * Daily: what tenants keep no longer goes. First the months that nobody keeps, whole; then what one tenant keeps
 * for a shorter time than others, files before their rows, because a file without its row is found by nobody. A tenant whose
 * files cannot be taken away holds up no other. Run again after a crash, it goes on where it was.
 *
 * @throws AggregateError when all was tried and some tenants still have what they should not.
 */
export async function retain(deps: RetentionDeps): Promise<void> {
  const { db, log, now } = deps
  const policies = await db.relay(allRetention)
  // One instant for what is noted and what is dropped: no line may be gone that no chain speaks of.
  const nowMs = now()
  for (const { tenantId, ...policy } of policies) {
    const { auditBeforeMs } = retentionLimits(policy, nowMs)
    await db.tenant(tenantId, (tx) => noteAuditKeptFrom(tx, tenantId, auditBeforeMs))
  }
  const common = commonLimits(policies, nowMs)
  for (const table of MONTHLY_TABLES) await dropMonths(deps, table, common)
  const failures: unknown[] = []
  for (const policy of policies) {
    try {
      await retainTenant(deps, policy)
    } catch (error) {
      failures.push(error)
      log.error({ err: error, tenantId: policy.tenantId }, 'what a tenant keeps no longer could not be taken away')
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `retention failed for ${failures.length} tenants`)
}

/** A table that is in use waits until tomorrow, and holds up no other. */
async function dropMonths({ db, log }: RetentionDeps, table: MonthlyTable, limits: RetentionLimits): Promise<void> {
  try {
    const dropped = await db.relay((relay) => dropOldMonths(relay, table, limits))
    if (dropped.length > 0) log.info({ dropped }, 'months that nobody keeps are gone')
  } catch (error) {
    log.warn({ err: error, table }, 'months that nobody keeps could not be dropped; tomorrow is a day too')
  }
}

async function retainTenant(deps: RetentionDeps, policy: RetentionPolicy & { tenantId: string }): Promise<void> {
  const { db, now } = deps
  const { tenantId } = policy
  const limits = retentionLimits(policy, now())
  await takeFiles(deps, { tenantId, old: (tx) => oldFiles(tx, tenantId, limits), forget: forgetFile })
  await takeFiles(deps, { tenantId, old: (tx) => oldExports(tx, tenantId), forget: forgetExport })
  for (const step of oldRows(tenantId, limits)) while ((await db.tenant(tenantId, step)) > 0);
  while ((await db.relay((relay) => deleteOldAuditLines(relay, tenantId, limits.auditBeforeMs))) > 0);
}

type Files = {
  tenantId: string
  old: (tx: Tx) => Promise<OldFile[]>
  forget: (tx: Tx, id: string) => Promise<void>
}

async function takeFiles({ db, media }: RetentionDeps, { tenantId, old, forget }: Files): Promise<void> {
  for (;;) {
    const files = await db.tenant(tenantId, old)
    for (const { id, storageKey } of files) {
      if (storageKey !== null) await media.delete(tenantId, storageKey)
      await db.tenant(tenantId, (tx) => forget(tx, id))
    }
    if (files.length === 0) return
  }
}
