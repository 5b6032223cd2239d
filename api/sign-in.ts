import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import type { Caller, SignedIn } from '#infra/auth/auth.ts'
import { audit } from '#infra/db/stores/audit.ts'
import { tenantsOf } from '#infra/db/stores/tenants.ts'
import type { AppEnv } from './deps.ts'
import { callerAddress } from './middleware/address.ts'

export const callerOf = (c: Context<AppEnv>): Caller => ({ headers: c.req.raw.headers, address: callerAddress(c) })

export function setCookies(c: Context<AppEnv>, cookies: readonly string[]): void {
  for (const cookie of cookies) c.header('Set-Cookie', cookie, { append: true })
}

/** The session that the cookies of a sign-in open; it was made a moment ago. */
export async function sessionOf(
  c: Context<AppEnv>,
  signedIn: SignedIn,
): Promise<{ sessionId: string; personId: string }> {
  const cookie = signedIn.cookies.map((line) => line.split(';', 1)[0]).join('; ')
  const session = await c.get('deps').auth.sessions.read(new Headers({ cookie }))
  if (session === undefined) throw new DomainError('unauthenticated', 'Nobody is signed in.')
  return session
}

/** A session begins in the tenant that the person belongs to for longest; they may change it. */
export async function enterTenant(c: Context<AppEnv>, signedIn: SignedIn): Promise<void> {
  const { db, auth } = c.get('deps')
  const { sessionId, personId } = await sessionOf(c, signedIn)
  const [tenantId] = await db.relay((tx) => tenantsOf(tx, personId))
  if (tenantId === undefined) return
  await auth.sessions.chooseTenant({ sessionId, tenantId })
  const actor = { kind: 'person', id: personId } as const
  const subject = { type: 'person', id: personId }
  await db.tenant({ tenantId, personId }, (tx) =>
    audit(tx, { tenantId, actor, action: 'auth.sign_in', subject, requestId: c.get('requestId') }),
  )
}
