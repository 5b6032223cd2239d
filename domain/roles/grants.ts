import { DomainError } from '../errors.ts'
import type { Permission } from '../permissions/catalogue.ts'

/**
 * Nobody gives, takes or edits more than they hold themselves: else who may manage members could make themselves owner.
 *
 * @param own what the one who acts may do.
 * @param touched every permission of the roles that the act gives, takes away or changes.
 * @throws DomainError forbidden, naming the first permission that is missing.
 */
export function assertMayGrant(own: ReadonlySet<Permission>, touched: Iterable<string>): void {
  for (const permission of touched) {
    if (!own.has(permission as Permission)) {
      throw new DomainError('forbidden', `Only who holds ${permission} may give or take it.`)
    }
  }
}
