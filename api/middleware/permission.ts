import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import type { Permission } from '#domain/permissions/catalogue.ts'
import type { AppEnv } from '../deps.ts'
import { readPrincipal, readSession } from './principal.ts'

/**
 * What a route asks of who calls it: nothing (`public`), a person signed in (`signed_in`), a person in the tenant they
 * work in (`member`), or a permission there.
 */
export type Access = Permission | 'public' | 'signed_in' | 'member'

const CONFIRMED_FOR_MS = 10 * 60_000

/** For what would let whoever sits down at an open screen take the account over. Throws `confirmation_required`. */
export function assertConfirmed(c: Context<AppEnv>): void {
  const session: AppEnv['Variables']['session'] | undefined = c.get('session')
  if (session === undefined) throw new DomainError('forbidden', 'Only a person who is signed in may do this.')
  if (session.confirmedAgoMs > CONFIRMED_FOR_MS) {
    throw new DomainError('confirmation_required', 'Show once more that it is you.')
  }
}

/** Lets a request through, or throws `unauthenticated` or `forbidden`. */
export async function authorize(c: Context<AppEnv>, access: Access): Promise<void> {
  if (access === 'public') return
  if (access === 'signed_in') {
    c.set('session', await readSession(c))
    return
  }
  const principal = await readPrincipal(c)
  c.set('principal', principal)
  if (access !== 'member' && !principal.permissions.has(access)) {
    throw new DomainError('forbidden', `This needs the permission ${access}.`)
  }
}
