import type { Actor } from '#domain/events/schema.ts'
import type { Permission } from './catalogue.ts'

/** Who asks, in which tenant, and what they may do there. One shape for every door of the house. */
export type Principal = {
  kind: 'person' | 'api_key' | 'system' | 'platform'
  /** The person behind it; for an API key and the system none. */
  personId: string | undefined
  /** The administrator of the platform whom an owner let in; they are nobody's member and act under their own name. */
  administratorId?: string
  /** The id of the API key, where one asks. */
  apiKeyId?: string
  tenantId: string
  /** The role of the person in the tenant; what a stream checks while it stays open. */
  roleId?: string
  permissions: ReadonlySet<Permission>
}

/** The actor that events and the audit log name for what this principal does. */
export function actorOf(principal: Principal): Actor {
  if (principal.kind === 'person' && principal.personId !== undefined) {
    return { kind: 'person', id: principal.personId }
  }
  if (principal.kind === 'api_key' && principal.apiKeyId !== undefined) {
    return { kind: 'api_key', id: principal.apiKeyId }
  }
  if (principal.kind === 'platform' && principal.administratorId !== undefined) {
    return { kind: 'platform', id: principal.administratorId }
  }
  return { kind: 'system' }
}
