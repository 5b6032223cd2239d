import { KEY_PERMISSIONS } from '#domain/api-keys/schema.ts'
import type { Permission } from '#domain/permissions/catalogue.ts'

export type ScopeGroup = { group: string; permissions: Permission[] }

/** What a person may give to a key, by what it is about: nobody gives more than they hold. */
export function givable(can: (permission: Permission) => boolean): ScopeGroup[] {
  const groups = Object.groupBy(KEY_PERMISSIONS.filter(can), (permission) => permission.split('.')[0]!)
  return Object.entries(groups).map(([group, permissions = []]) => ({ group, permissions }))
}

const READING = /\.read$/
export const onlyReading = (permissions: readonly Permission[]): Permission[] =>
  permissions.filter((permission) => READING.test(permission))

/** The lines of an allow list; empty ones are none. */
export const addressLines = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
