import { z } from 'zod'

/**
 * Everything a principal may be allowed to do. A role is a set of these; a route names exactly one of them.
 * The name is a promise to every role row that holds it: it may be added, never renamed.
 */
export const PERMISSIONS = [
  'conversations.read',
  'conversations.reply',
  'conversations.assign',
  'conversations.manage',
  'contacts.read',
  'contacts.write',
  'contacts.delete',
  'contacts.export',
  'tags.manage',
  'fields.manage',
  'templates.read',
  'templates.write',
  'flows.read',
  'flows.write',
  'flows.publish',
  'runs.read',
  'runs.start',
  'runs.manage',
  'runs.decode',
  'channels.read',
  'channels.manage',
  'calendars.read',
  'calendars.manage',
  'members.read',
  'members.manage',
  'roles.read',
  'roles.manage',
  'translations.manage',
  'audit.read',
  'webhooks.read',
  'webhooks.manage',
  'api_keys.manage',
  'request_log.read',
  'settings.manage',
  'tenant.own',
] as const
export const Permission = z.enum(PERMISSIONS).meta({ id: 'Permission' })
export type Permission = z.infer<typeof Permission>

export const BUILT_IN_ROLES = ['owner', 'admin', 'supervisor', 'agent', 'viewer'] as const
export type BuiltInRole = (typeof BUILT_IN_ROLES)[number]

const VIEWER: Permission[] = [
  'conversations.read',
  'contacts.read',
  'templates.read',
  'flows.read',
  'runs.read',
  'channels.read',
  'calendars.read',
  'members.read',
]
const AGENT: Permission[] = [...VIEWER, 'conversations.reply', 'contacts.write', 'tags.manage', 'runs.start']
const SUPERVISOR: Permission[] = [
  ...AGENT,
  'conversations.assign',
  'conversations.manage',
  'contacts.delete',
  'contacts.export',
  'fields.manage',
  'templates.write',
  'runs.manage',
  'calendars.manage',
  'roles.read',
]

/** What each built-in role starts with. `tenant.own` is what makes an owner: only owners may give or take it. */
export const BUILT_IN_PERMISSIONS: Readonly<Record<BuiltInRole, readonly Permission[]>> = {
  owner: PERMISSIONS,
  admin: PERMISSIONS.filter((permission) => permission !== 'tenant.own'),
  supervisor: SUPERVISOR,
  agent: AGENT,
  viewer: VIEWER,
}

/** The words of a stored role that the catalogue still knows; a word it no longer knows allows nothing. */
export function knownPermissions(words: readonly string[]): Set<Permission> {
  const known: ReadonlySet<string> = new Set(PERMISSIONS)
  return new Set(words.filter((word): word is Permission => known.has(word)))
}
