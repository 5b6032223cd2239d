import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import type { AcceptInvitation } from '#domain/people/members.ts'
import type { SignedIn } from '#infra/auth/auth.ts'
import { audit } from '#infra/db/stores/audit.ts'
import { findInvitation, type InvitationAddress, markAccepted, openInvitation } from '#infra/db/stores/invitations.ts'
import { addMember } from '#infra/db/stores/members.ts'
import { addPerson, getPerson } from '#infra/db/stores/people.ts'
import { getTenant } from '#infra/db/stores/tenants.ts'
import type { AppEnv } from './deps.ts'
import { found } from './routing.ts'
import { callerOf, sessionOf, setCookies } from './sign-in.ts'

type Joining = { at: InvitationAddress; personId: string; newPerson: { email: string; name: string } | undefined }

/** Makes the person a member and uses the invitation up, both or neither. */
async function join(c: Context<AppEnv>, { at, personId, newPerson }: Joining): Promise<void> {
  const { tenantId } = at
  const actor = { kind: 'person', id: personId } as const
  await c.get('deps').db.tenant({ tenantId, personId }, async (tx) => {
    const open = found(await openInvitation(tx, at.id), 'invitation')
    if (newPerson !== undefined)
      await addPerson(tx, { id: personId, ...newPerson, locale: (await getTenant(tx)).locale })
    const person = found(await getPerson(tx, personId), 'person')
    if (person.email.toLowerCase() !== open.email.toLowerCase()) {
      throw new DomainError('forbidden', 'This invitation is for another address than the one you are signed in with.')
    }
    await markAccepted(tx, at.id)
    if (!(await addMember(tx, { tenantId, actor }, { personId, roleId: open.roleId }))) {
      throw new DomainError('conflict', 'You are a member already.')
    }
    const subject = { type: 'invitation', id: at.id }
    await audit(tx, { tenantId, actor, action: 'invitations.accept', subject, requestId: c.get('requestId') })
  })
}

/** The link proves that its holder reads the mail of the address, so an account for that address may be made on it. */
async function joinAsNew(c: Context<AppEnv>, at: InvitationAddress, input: AcceptInvitation): Promise<SignedIn> {
  const { auth, db } = c.get('deps')
  const { email } = found(await db.tenant(at.tenantId, (tx) => openInvitation(tx, at.id)), 'invitation')
  const { name, password } = input
  if ((await auth.findPerson(email)) !== undefined) {
    throw new DomainError('unauthenticated', 'There is an account for this address: sign in, then accept.')
  }
  if (name === undefined || password === undefined) {
    const errors = [
      { path: '/name', code: 'required', message: 'A new person has a name.' },
      { path: '/password', code: 'required', message: 'A new person has a password.' },
    ]
    throw new DomainError('invalid_input', 'A new person needs a name and a password.', { errors })
  }
  const signedIn = await auth.signUp({ name, email, password }, callerOf(c))
  try {
    await join(c, { at, personId: signedIn.personId!, newPerson: { email, name } })
  } catch (error) {
    await auth.discard(signedIn.personId!)
    throw error
  }
  return signedIn
}

/** Accepts for whoever is signed in, else for a new person; then works in the tenant that invited. */
export async function acceptInvitation(c: Context<AppEnv>, input: AcceptInvitation): Promise<void> {
  const { db, auth } = c.get('deps')
  const at = found(await db.relay((tx) => findInvitation(tx, input.token)), 'invitation')
  const session = await auth.sessions.read(c.req.raw.headers)
  if (session !== undefined) {
    await join(c, { at, personId: session.personId, newPerson: undefined })
    await auth.sessions.chooseTenant({ sessionId: session.sessionId, tenantId: at.tenantId })
    return
  }
  const signedIn = await joinAsNew(c, at, input)
  const { sessionId } = await sessionOf(c, signedIn)
  await auth.sessions.chooseTenant({ sessionId, tenantId: at.tenantId })
  setCookies(c, signedIn.cookies)
}
