import type { Context } from 'hono'
import type { AccountAct } from '#infra/auth/account-acts.ts'
import { audit } from '#infra/db/stores/audit.ts'
import { auditPlatform } from '#infra/db/stores/platform-audit.ts'
import { platformAccess } from '#infra/db/stores/platform-people.ts'
import { tenantsReliedOnBy } from '#infra/db/stores/tenants.ts'
import type { ApiDeps, AppEnv } from './deps.ts'

type Ctx = Pick<Context<AppEnv>, 'get'>
type Logs = Pick<ApiDeps, 'db' | 'platform'>

/** Longer than any request lasts: what was noted before that is told by nobody else any more. */
const LEFT_BEHIND_MS = 60_000

/**
 * Writes what somebody has just done to their own account into every log that relies on it: that of each tenant the account
 * opens, and the platform's where they administer it. It says what was done, never with what. The act stands already, and so
 * does the note of it: where a log cannot be written now, it is written later, and nobody is told that the act failed.
 */
export async function auditAccount(c: Ctx, personId: string): Promise<void> {
  const { auth, log, ...logs } = c.get('deps')
  const requestId = c.get('requestId')
  const told = auth.acts.tell({ personId }, (act) => writeAct(logs, { ...act, requestId }))
  await told.catch((error: unknown) => log.warn({ err: error }, 'an act of an account is told to the logs later'))
}

/** Tells what processes left behind that died between an act and the logs. */
export async function auditLeftActs({ auth, ...logs }: Logs & Pick<ApiDeps, 'auth'>): Promise<void> {
  await auth.acts.tell({ olderThanMs: LEFT_BEHIND_MS }, ({ at, ...act }) =>
    writeAct(logs, { ...act, detail: { ...act.detail, at: at.toISOString() } }),
  )
}

type Told = Omit<AccountAct, 'at'> & { requestId?: string }

async function writeAct({ db, platform }: Logs, { id, personId, action, ...rest }: Told): Promise<void> {
  const detail = { ...rest.detail, actId: id }
  const entry = { action, subject: { type: 'person', id: personId }, ...rest, detail }
  const actor = { kind: 'person', id: personId } as const
  for (const tenantId of await db.relay((tx) => tenantsReliedOnBy(tx, personId))) {
    await db.tenant({ tenantId, personId }, (tx) => audit(tx, { ...entry, tenantId, actor }))
  }
  await platform?.run(async (tx) => {
    const access = await platformAccess(tx, personId)
    if (access?.isAdministrator) await auditPlatform(tx, { ...entry, personId })
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
