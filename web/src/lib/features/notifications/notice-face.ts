import Bot from '@lucide/svelte/icons/bot'
import CircleAlert from '@lucide/svelte/icons/circle-alert'
import ChartNoAxes from '@lucide/svelte/icons/gauge'
import MessageCircle from '@lucide/svelte/icons/message-circle'
import PhoneOff from '@lucide/svelte/icons/phone-off'
import ShieldAlert from '@lucide/svelte/icons/shield-alert'
import Stethoscope from '@lucide/svelte/icons/stethoscope'
import Unplug from '@lucide/svelte/icons/unplug'
import UserCheck from '@lucide/svelte/icons/user-round-check'
import UserPlus from '@lucide/svelte/icons/user-round-plus'
import type { NotificationKind } from '#domain/notifications/schema.ts'

type Face = { icon: typeof Bot; tone: string }
const brand = 'bg-brand-soft text-brand-ink'
const warn = 'bg-warn-soft text-warn'
const bad = 'bg-bad-soft text-bad'
const good = 'bg-good-soft text-good'

const FACES: Partial<Record<NotificationKind, Face>> = {
  conversation_assigned: { icon: UserCheck, tone: brand },
  conversation_waiting: { icon: MessageCircle, tone: brand },
  contact_blocked: { icon: ShieldAlert, tone: warn },
  message_failed: { icon: CircleAlert, tone: bad },
  channel_needs_attention: { icon: PhoneOff, tone: warn },
  run_failed: { icon: Bot, tone: bad },
  member_joined: { icon: UserPlus, tone: brand },
  quota_nearly_used: { icon: ChartNoAxes, tone: warn },
  quota_used: { icon: ChartNoAxes, tone: bad },
  webhook_failing: { icon: Unplug, tone: warn },
  webhook_disabled: { icon: Unplug, tone: bad },
  diagnostics_failing: { icon: Stethoscope, tone: bad },
  diagnostics_well: { icon: Stethoscope, tone: good },
}

/** How a kind looks; one that this page does not know yet is plain news. */
export const faceOf = (kind: NotificationKind): Face => FACES[kind] ?? { icon: MessageCircle, tone: brand }

/** A name in a sentence whose words may run the other way. */
export const isolated = (name: string): string => `\u2068${name}\u2069`
