import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import type { Permission } from '#domain/permissions/catalogue.ts'
import type { AppEnv } from '../deps.ts'
import { readAdministrator } from './administrator.ts'
import { carriesKey, readKeyPrincipal } from './api-key.ts'
import { readPrincipal, readSession } from './principal.ts'
import { limitAddress, limitPerson } from './rate-limit.ts'

/**
 * What a route asks of who calls it: nothing (`public`), a person signed in (`signed_in`), a person in the tenant they
 * work in (`member`), a permission there, or an administrator of the platform (`platform`).
 */
export type Access = Permission | 'public' | 'signed_in' | 'member' | 'platform'

const CONFIRMED_FOR_MS = 10 * 60_000

/** For what would let whoever sits down at an open screen take the account over. Throws `confirmation_required`. */
export function assertConfirmed(c: Context<AppEnv>): void {
  const session: AppEnv['Variables']['session'] | undefined = c.get('session')
  if (session === undefined) throw new DomainError('forbidden', 'Only a person who is signed in may do this.')
  if (session.confirmedAgoMs > CONFIRMED_FOR_MS) {
    throw new DomainError('confirmation_required', 'Show once more that it is you.')
  }
}

export type Door = {
  access: Access
  /** Only for people: an API key is refused, whatever it may do. */
  peopleOnly?: boolean
  /** Only for people who have just shown that it is them; so not for keys either. */
  confirmed?: boolean
  /** Asked by machines of ours all the time, and so not counted against their address. */
  uncounted?: boolean
}

async function enterAsPerson(c: Context<AppEnv>, access: Access): Promise<void> {
  try {
    if (access === 'signed_in' || access === 'platform') c.set('session', await readSession(c))
    else c.set('principal', await readPrincipal(c))
    if (access === 'platform') c.set('administrator', await readAdministrator(c, c.get('session')))
  } catch (error) {
    // Nobody's allowance is charged yet, and being signed in somewhere is no pass to knock here for ever.
    if (error instanceof DomainError) await limitAddress(c)
    throw error
  }
  const { tenantId, personId } = c.get('session')
  await (tenantId === null ? limitAddress(c) : limitPerson(c, { tenantId, personId }))
}

async function enterWithKey(c: Context<AppEnv>, { access, peopleOnly, confirmed }: Door): Promise<void> {
  c.set('principal', await readKeyPrincipal(c))
  if (access === 'signed_in' || access === 'platform' || peopleOnly || confirmed) {
    throw new DomainError('person_required', 'An API key cannot do this: it takes a person who is signed in.')
  }
}

/**
 * Lets a request through, or refuses it. With an `Authorization` header only the key in it counts: a cookie beside it is
 * not read, which is what lets such a request pass without saying which page it comes from.
 *
 * @throws DomainError unauthenticated, api_key_invalid, person_required, forbidden, rate_limited, and what keys throw.
 */
export async function authorize(c: Context<AppEnv>, door: Door): Promise<void> {
  const { access, uncounted = false } = door
  if (access === 'public') {
    if (!uncounted) await limitAddress(c)
    return
  }
  await (carriesKey(c) ? enterWithKey(c, door) : enterAsPerson(c, access))
  if (access === 'signed_in' || access === 'platform') return
  if (door.peopleOnly && c.get('principal').kind === 'platform') {
    throw new DomainError('person_required', 'This is about the members of the tenant, and you are none.')
  }
  if (access !== 'member' && !c.get('principal').permissions.has(access)) {
    throw new DomainError('forbidden', `This needs the permission ${access}.`)
  }
}
