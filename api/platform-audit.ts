import type { Context } from 'hono'
import type { Actor } from '#domain/events/schema.ts'
import type { PlatformDb } from '#infra/db/platform.ts'
import { audit } from '#infra/db/stores/audit.ts'
import { auditPlatform, type PlatformAuditEntry } from '#infra/db/stores/platform-audit.ts'
import type { Tx } from '#infra/db/tx.ts'
import type { AppEnv } from './deps.ts'

type Ctx = Pick<Context<AppEnv>, 'get'>

/** The database of the platform; the guard of its routes has seen that there is one. */
export const platformOf = (c: Ctx): PlatformDb => c.get('deps').platform!

/** The administrator who asks, as the actor that a tenant's own log names. */
export const administratorOf = (c: Ctx): Actor & { kind: 'platform' } => ({
  kind: 'platform',
  id: c.get('administrator').personId,
})

/** Writes to the platform's audit log who did it, in which request. Give it the transaction of the act. */
export function auditedPlatform(
  c: Ctx,
  tx: Tx,
  entry: Omit<PlatformAuditEntry, 'personId' | 'requestId'>,
): Promise<void> {
  return auditPlatform(tx, { ...entry, personId: c.get('administrator').personId, requestId: c.get('requestId') })
}

type TenantAct = Omit<PlatformAuditEntry, 'personId' | 'requestId' | 'tenantId'> & {
  tenantId: string
  /** The word that the tenant's own log has for it, where that is another. */
  inTenant?: string
}

/**
 * Writes what an administrator does to a tenant into its log and into the platform's: both lines stand, or neither does.
 * Give it the transaction of the act, inside that tenant. The tenant's line comes first everywhere, or two acts at once
 * would wait for each other's chain.
 */
export async function auditedInTenant(c: Ctx, tx: Tx, { inTenant, ...entry }: TenantAct): Promise<void> {
  const { action } = entry
  await audit(tx, {
    ...entry,
    action: inTenant ?? action,
    actor: administratorOf(c),
    requestId: c.get('requestId'),
  })
  await auditedPlatform(c, tx, entry)
}
