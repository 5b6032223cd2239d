import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { deviceName } from '#domain/people/device-name.ts'
import { mailOf } from '#domain/people/mails.ts'
import type { Caller, SignedIn } from '#infra/auth/auth.ts'
import { mailWords } from '#infra/db/stores/mail-words.ts'
import { getPerson } from '#infra/db/stores/people.ts'
import { tenantsOf } from '#infra/db/stores/tenants.ts'
import { newId } from '#infra/ids.ts'
import { auditSession } from './account-audit.ts'
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

/** What every way of signing in ends with: the person stands in a tenant, and their browser holds the session. */
export async function completeSignIn(c: Context<AppEnv>, signedIn: SignedIn): Promise<void> {
  const personId = signedIn.personId!
  await enterTenant(c, signedIn)
  const { isNew, cookies } = await c.get('deps').auth.devices.seen(personId, c.req.raw.headers)
  setCookies(c, [...signedIn.cookies, ...cookies])
  if (isNew) tellOfDevice(c, personId)
}

/** Nobody waits for the mail, and it says only what the person needs to know whether it was them. */
function tellOfDevice(c: Context<AppEnv>, personId: string): void {
  const { db, mail, background, settings, clock } = c.get('deps')
  const { headers, address } = callerOf(c)
  const device = deviceName(headers.get('user-agent')).name || '?'
  const at = new Date(clock.nowMs())
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, ' UTC')
  background.run('sign-in alert', async () => {
    const told = await db.tenant({ tenantId: newId(), personId }, async (tx) => {
      const person = await getPerson(tx, personId)
      return person && { person, said: await mailWords(tx, person.locale) }
    })
    if (told === undefined) return
    const { person, said } = told
    const link = `${settings.origins[0]}/settings/security`
    const words = mailOf('sign_in', { name: person.name, device, address, at, link }, said)
    await mail.send({ to: person.email, ...words })
  })
}

/** Gives the browser a session in place of all that the person had; it stays in the tenant of the old one. */
export async function renewSession(c: Context<AppEnv>): Promise<void> {
  const { auth } = c.get('deps')
  const { personId, tenantId } = c.get('session')
  const signedIn = await auth.secondStep.renew(personId, callerOf(c))
  const { sessionId } = await sessionOf(c, signedIn)
  if (tenantId !== null) await auth.sessions.chooseTenant({ sessionId, tenantId })
  setCookies(c, signedIn.cookies)
}

/** A session begins in the tenant that the person belongs to for longest; they may change it. */
async function enterTenant(c: Context<AppEnv>, signedIn: SignedIn): Promise<void> {
  const { db, auth } = c.get('deps')
  const { sessionId, personId } = await sessionOf(c, signedIn)
  const [tenantId] = await db.relay((tx) => tenantsOf(tx, personId))
  if (tenantId === undefined) return
  await auth.sessions.chooseTenant({ sessionId, tenantId })
  await auditSession(c, { tenantId, personId, action: 'auth.sign_in' })
}
