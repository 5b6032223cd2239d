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
