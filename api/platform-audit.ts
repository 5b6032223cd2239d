import type { Context } from 'hono'
import type { Actor } from '#domain/events/schema.ts'
import type { PlatformDb } from '#infra/db/platform.ts'
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
