import Activity from '@lucide/svelte/icons/activity'
import Ban from '@lucide/svelte/icons/ban'
import Bell from '@lucide/svelte/icons/bell'
import Building from '@lucide/svelte/icons/building-2'
import Gauge from '@lucide/svelte/icons/gauge'
import Hourglass from '@lucide/svelte/icons/hourglass'
import KeyRound from '@lucide/svelte/icons/key-round'
import KeySquare from '@lucide/svelte/icons/key-square'
import Languages from '@lucide/svelte/icons/languages'
import Palette from '@lucide/svelte/icons/palette'
import Phone from '@lucide/svelte/icons/phone'
import ScrollText from '@lucide/svelte/icons/scroll-text'
import ShieldCheck from '@lucide/svelte/icons/shield-check'
import Stethoscope from '@lucide/svelte/icons/stethoscope'
import User from '@lucide/svelte/icons/user-round'
import Users from '@lucide/svelte/icons/users-round'
import Webhook from '@lucide/svelte/icons/webhook'
import type { Permission } from '#domain/permissions/catalogue.ts'
import type { MessageKey } from '#lib/i18n/index.ts'

type Place = { href: string; label: MessageKey; icon: typeof User; group: 'you' | 'workspace'; permission?: Permission }

export const SETTINGS_PLACES: readonly Place[] = [
  { href: '/settings/profile', label: 'settings.profile', icon: User, group: 'you' },
  { href: '/settings/security', label: 'security.title', icon: KeyRound, group: 'you' },
  { href: '/settings/appearance', label: 'settings.appearance', icon: Palette, group: 'you' },
  { href: '/settings/notifications', label: 'notifications.title', icon: Bell, group: 'you' },
  {
    href: '/settings/workspace',
    label: 'workspace.title',
    icon: Building,
    group: 'workspace',
    permission: 'settings.manage',
  },
  { href: '/settings/channels', label: 'channels.title', icon: Phone, group: 'workspace', permission: 'channels.read' },
  { href: '/settings/members', label: 'people.members', icon: Users, group: 'workspace', permission: 'members.read' },
  { href: '/settings/roles', label: 'people.roles', icon: ShieldCheck, group: 'workspace', permission: 'roles.read' },
  {
    href: '/settings/webhooks',
    label: 'webhooks.title',
    icon: Webhook,
    group: 'workspace',
    permission: 'webhooks.read',
  },
  {
    href: '/settings/api-keys',
    label: 'apiKeys.title',
    icon: KeySquare,
    group: 'workspace',
    permission: 'api_keys.manage',
  },
  {
    href: '/settings/request-log',
    label: 'requestLog.title',
    icon: Activity,
    group: 'workspace',
    permission: 'request_log.read',
  },
  {
    href: '/settings/diagnostics',
    label: 'diagnostics.title',
    icon: Stethoscope,
    group: 'workspace',
    permission: 'settings.manage',
  },
  { href: '/settings/usage', label: 'usage.title', icon: Gauge, group: 'workspace', permission: 'settings.manage' },
  {
    href: '/settings/translations',
    label: 'translations.title',
    icon: Languages,
    group: 'workspace',
    permission: 'translations.manage',
  },
  {
    href: '/settings/suppressions',
    label: 'privacy.suppressions',
    icon: Ban,
    group: 'workspace',
    permission: 'contacts.read',
  },
  {
    href: '/settings/retention',
    label: 'privacy.retention',
    icon: Hourglass,
    group: 'workspace',
    permission: 'settings.manage',
  },
  { href: '/settings/audit', label: 'audit.title', icon: ScrollText, group: 'workspace', permission: 'audit.read' },
]
