import Languages from '@lucide/svelte/icons/languages'
import LogOut from '@lucide/svelte/icons/log-out'
import Moon from '@lucide/svelte/icons/moon'
import Sun from '@lucide/svelte/icons/sun'
import SunMoon from '@lucide/svelte/icons/sun-moon'
import { LOCALES, type Locale, type useI18n } from '#lib/i18n/index.ts'
import type { Command } from '#lib/keys/commands.svelte.ts'
import type { useAccount } from './account.svelte.ts'

type Translate = ReturnType<typeof useI18n>['t']

export function preferenceCommands(t: Translate, account: ReturnType<typeof useAccount>): Command[] {
  const themes = [
    { theme: 'light', icon: Sun },
    { theme: 'dark', icon: Moon },
    { theme: 'system', icon: SunMoon },
  ] as const
  return [
    ...themes.map(({ theme, icon }) => ({
      id: `theme-${theme}`,
      group: 'preferences' as const,
      label: t('shell.use_theme', { theme: t(`settings.theme_${theme}`) }),
      icon,
      run: () => account.setTheme(theme),
    })),
    ...Object.entries(LOCALES).map(([locale, { name }]) => ({
      id: `locale-${locale}`,
      group: 'preferences' as const,
      label: t('shell.use_language', { language: name }),
      icon: Languages,
      run: () => void account.setLocale(locale as Locale),
    })),
    {
      id: 'sign-out',
      group: 'preferences',
      label: t('shell.sign_out'),
      icon: LogOut,
      run: () => void account.signOut(),
    },
  ]
}
