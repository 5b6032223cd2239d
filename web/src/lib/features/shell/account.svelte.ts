import { useQueryClient } from '@tanstack/svelte-query'
import { toast } from 'svelte-sonner'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { toProblem } from '#lib/api/problem.ts'
import { LOCALES, type Locale, useI18n } from '#lib/i18n/index.ts'
import { loadBundle } from '#lib/i18n/load.ts'
import { usePreferences } from '#lib/preferences/preferences.svelte.ts'
import type { Theme } from '#lib/preferences/schema.ts'
import { goto } from '$app/navigation'

/** What a person may do about their own account, from the menu, the command bar and the settings alike. */
export function useAccount() {
  const client = useQueryClient()
  const { i18n, t } = useI18n()
  const preferences = usePreferences()

  const complain = (error: unknown) => toast.error(t(`errors.${toProblem(error).code}`))
  const keep = (change: Record<string, unknown>) => api.patch('/me', change).catch(complain)

  return {
    async setLocale(locale: Locale) {
      i18n.use(locale, await loadBundle(locale))
      preferences.locale = locale
      await keep({ locale })
    },
    /** Locale of the person's account, taken over on a browser that has not chosen one. */
    async adoptLocale(locale: Locale) {
      if (preferences.locale !== undefined || i18n.locale === locale) return
      i18n.use(locale, await loadBundle(locale))
    },
    setTheme(theme: Theme) {
      preferences.theme = theme
    },
    async switchTenant(tenantId: string) {
      await api
        .put('/me/tenant', { tenantId })
        .then(async () => {
          await client.resetQueries()
          await goto('/inbox')
        })
        .catch(complain)
    },
    async signOut() {
      await api.post('/auth/sign-out').catch(() => undefined)
      client.clear()
      await goto('/sign-in')
      toast.success(t('auth.signed_out'))
    },
    refresh: () => client.invalidateQueries({ queryKey: keys.me }),
    locales: Object.entries(LOCALES).map(([value, { name }]) => ({ value, label: name })),
  }
}
