import type Building from '@lucide/svelte/icons/building-2'
import Inbox from '@lucide/svelte/icons/inbox'
import Play from '@lucide/svelte/icons/route'
import Settings from '@lucide/svelte/icons/settings-2'
import Users from '@lucide/svelte/icons/users'
import Workflow from '@lucide/svelte/icons/workflow'
import type { MessageKey } from '#lib/i18n/index.ts'

/** The rooms of the house, in the order of the rail. Keys follow Chatwoot's Alt letters and a `g` sequence. */
export const PLACES = [
  { id: 'inbox', href: '/inbox', icon: Inbox, label: 'shell.inbox', keys: 'g i', permission: 'conversations.read' },
  { id: 'contacts', href: '/contacts', icon: Users, label: 'shell.contacts', keys: 'g c', permission: 'contacts.read' },
  { id: 'flows', href: '/flows', icon: Workflow, label: 'shell.flows', keys: 'g f', permission: 'flows.read' },
  { id: 'runs', href: '/runs', icon: Play, label: 'shell.runs', keys: 'g r', permission: 'runs.read' },
  { id: 'settings', href: '/settings', icon: Settings, label: 'shell.settings', keys: 'g s', permission: undefined },
] as const satisfies readonly {
  id: string
  href: string
  icon: typeof Building
  label: MessageKey
  keys: string
  permission: string | undefined
}[]
