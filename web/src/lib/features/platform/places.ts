import Activity from '@lucide/svelte/icons/activity'
import Building from '@lucide/svelte/icons/building-2'
import KeyRound from '@lucide/svelte/icons/key-round'
import Languages from '@lucide/svelte/icons/languages'
import Layers from '@lucide/svelte/icons/layers'
import ScrollText from '@lucide/svelte/icons/scroll-text'
import Stethoscope from '@lucide/svelte/icons/stethoscope'
import UserLock from '@lucide/svelte/icons/user-lock'
import type { MessageKey } from '#lib/i18n/index.ts'

export const PLATFORM_PLACES = [
  { href: '/platform', label: 'platform.tenants', icon: Building },
  { href: '/platform/plans', label: 'plans.title', icon: Layers },
  { href: '/platform/health', label: 'platform.health', icon: Activity },
  { href: '/platform/diagnostics', label: 'diagnostics.title', icon: Stethoscope },
  { href: '/platform/texts', label: 'platform.texts', icon: Languages },
  { href: '/platform/administrators', label: 'platform.administrators', icon: KeyRound },
  { href: '/platform/audit', label: 'platform.audit', icon: ScrollText },
  { href: '/platform/security', label: 'security.title', icon: UserLock },
] as const satisfies readonly { href: string; label: MessageKey; icon: typeof Building }[]
