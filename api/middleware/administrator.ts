import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import type { Session } from '#infra/auth/sessions.ts'
import { platformAccess } from '#infra/db/stores/platform-people.ts'
import type { AppEnv } from '../deps.ts'

/**
 * Whoever is signed in, as an administrator of the platform. It is asked each time; owning a tenant says nothing about it.
 *
 * @throws DomainError forbidden, and second_factor_missing where the installation asks for one.
 */
export async function readAdministrator(c: Context<AppEnv>, session: Session): Promise<{ personId: string }> {
  const { platform } = c.get('deps')
  const { personId, hasSecondFactor } = session
  const access = await platform?.run((tx) => platformAccess(tx, personId))
  if (access?.isAdministrator !== true) {
    throw new DomainError('forbidden', 'This is for the administrators of the platform.')
  }
  if (access.secondFactorRequired && !hasSecondFactor) {
    throw new DomainError('second_factor_missing', 'Administrators of this platform need a second factor.')
  }
  return { personId }
}
