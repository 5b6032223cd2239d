import type { Context } from 'hono'
import { audit } from '#infra/db/stores/audit.ts'
import { auditPlatform } from '#infra/db/stores/platform-audit.ts'
import { platformAccess } from '#infra/db/stores/platform-people.ts'
import { tenantsReliedOnBy } from '#infra/db/stores/tenants.ts'
import type { AppEnv } from './deps.ts'

type Ctx = Pick<Context<AppEnv>, 'get'>
type Act = { personId: string; action: string; detail?: Record<string, unknown> }

/**
 * Writes what somebody did to their own account into every log that relies on it: that of each tenant the account opens,
 * and the platform's where they administer it. It says what was done, never with what.
 */
export async function auditAccount(c: Ctx, { personId, action, detail = {} }: Act): Promise<void> {
  const { db, platform } = c.get('deps')
  const requestId = c.get('requestId')
  const subject = { type: 'person', id: personId }
  const actor = { kind: 'person', id: personId } as const
  for (const tenantId of await db.relay((tx) => tenantsReliedOnBy(tx, personId))) {
    await db.tenant({ tenantId, personId }, (tx) => audit(tx, { tenantId, actor, action, subject, detail, requestId }))
  }
  await platform?.run(async (tx) => {
    const access = await platformAccess(tx, personId)
    if (access?.isAdministrator) await auditPlatform(tx, { personId, action, subject, detail, requestId })
  })
}

/** Writes what concerns one session into the log of the tenant it is in. */
export async function auditSession(
  c: Ctx,
  { tenantId, personId, action }: { tenantId: string | null; personId: string; action: string },
): Promise<void> {
  if (tenantId === null) return
  const actor = { kind: 'person', id: personId } as const
  const subject = { type: 'person', id: personId }
  await c
    .get('deps')
    .db.tenant({ tenantId, personId }, (tx) =>
      audit(tx, { tenantId, actor, action, subject, requestId: c.get('requestId') }),
    )
}
