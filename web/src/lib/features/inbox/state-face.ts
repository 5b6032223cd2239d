import AlarmClock from '@lucide/svelte/icons/alarm-clock'
import Archive from '@lucide/svelte/icons/archive'
import Bot from '@lucide/svelte/icons/bot'
import Hourglass from '@lucide/svelte/icons/hourglass'
import Inbox from '@lucide/svelte/icons/inbox'
import UserCheck from '@lucide/svelte/icons/user-round-check'
import type { View } from './filter.ts'

/** A state is never only a colour: each has its own mark. */
export const VIEW_ICONS = {
  open: Inbox,
  bot: Bot,
  queued: Hourglass,
  assigned: UserCheck,
  snoozed: AlarmClock,
  closed: Archive,
} as const satisfies Record<View, typeof Bot>

export const VIEW_TONES = {
  open: 'text-ink-3',
  bot: 'text-bot',
  queued: 'text-warn',
  assigned: 'text-brand',
  snoozed: 'text-ink-3',
  closed: 'text-ink-3',
} as const satisfies Record<View, string>
