import { useQueryClient } from '@tanstack/svelte-query'
import { toast } from 'svelte-sonner'
import type { Me, Person } from '#domain/people/schema.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { toProblem } from '#lib/api/problem.ts'
import { endPushes, partFromPushes } from '#lib/features/notifications/push-owner.ts'
import { isLocale, LOCALES, type Locale, useI18n } from '#lib/i18n/index.ts'
import { loadBundle } from '#lib/i18n/load.ts'
import { PANELS, type Panel, panelKey, panelOf } from '#lib/preferences/panels.ts'
import { usePreferences } from '#lib/preferences/preferences.svelte.ts'
import type { Theme } from '#lib/preferences/schema.ts'
import { goto } from '$app/navigation'
import { page } from '$app/state'
import { seat, seatOf } from './seat.ts'

/** What a person may do about their own account, from the menu, the command bar and the settings alike. */
export function useAccount() {
  const client = useQueryClient()
  const { i18n, t } = useI18n()
  const preferences = usePreferences()

  const complain = (error: unknown) => toast.error(t(`errors.${toProblem(error).code}`))
  const keep = (change: Record<string, unknown>) =>
    api.patch<Me>('/me', change).catch((error: unknown) => void complain(error))

  const sit = (here: Me | undefined) => here?.tenant && seat.take(seatOf(here.tenant.id, here.person.id))
  /** Nothing has changed, and what waits to be sent goes on. */
  function stay(here: Me | undefined, error: unknown) {
    sit(here)
    complain(error)
  }

  /** Without a locale the panel speaks the person's language again. */
  async function setPanelLocale(panel: Panel, locale: Locale | undefined) {
    const { [panel]: _before, ...rest } = preferences.panelLocales
    preferences.panelLocales = locale === undefined ? rest : { ...rest, [panel]: locale }
    const before = client.getQueryData<Me>(keys.me)?.person.preferences ?? {}
    const { [panelKey(panel)]: _gone, ...others } = before
    const after = await keep({
      preferences: locale === undefined ? others : { ...others, [panelKey(panel)]: locale },
    })
    if (after) client.setQueryData(keys.me, after)
  }

  return {
    /** The language of the person; where the panel has one of its own, that of the panel. */
    async setLocale(locale: Locale) {
      const panel = panelOf(page.url.pathname)
      if (preferences.panelLocales[panel] !== undefined) return setPanelLocale(panel, locale)
      i18n.use(locale, await loadBundle(locale))
      preferences.locale = locale
      await keep({ locale })
    },
    setPanelLocale,
    /** Speaks what was chosen for this panel, else what this browser chose, else the person's account. */
    async followLocale(panel: Panel, person: Person) {
      const known = Object.keys(preferences.panelLocales).length > 0
      if (!known) {
        const own = PANELS.map((one) => [one, person.preferences[panelKey(one)]] as const).filter(([, locale]) =>
          isLocale(locale),
        )
        if (own.length > 0) preferences.panelLocales = Object.fromEntries(own) as Partial<Record<Panel, string>>
      }
      const wanted = preferences.panelLocales[panel] ?? preferences.locale ?? person.locale
      if (isLocale(wanted) && wanted !== i18n.locale) i18n.use(wanted, await loadBundle(wanted))
    },
    setTheme(theme: Theme) {
      preferences.theme = theme
    },
    async switchTenant(tenantId: string) {
      const here = client.getQueryData<Me>(keys.me)
      // What waits for one tenant must not be sent to the other.
      seat.leave()
      try {
        await api.put('/me/tenant', { tenantId })
      } catch (error) {
        return stay(here, error)
      }
      await client.resetQueries()
      sit(client.getQueryData<Me>(keys.me))
      await goto('/inbox')
    },
    async signOut() {
      const here = client.getQueryData<Me>(keys.me)
      seat.leave()
      const takeUpPushes = await partFromPushes()
      try {
        await api.post('/auth/sign-out')
      } catch (error) {
        await takeUpPushes()
        return stay(here, error)
      }
      const ended = endPushes()
      client.clear()
      await goto('/sign-in')
      toast.success(t('auth.signed_out'))
      await ended
    },
    refresh: () => client.invalidateQueries({ queryKey: keys.me }),
    locales: Object.entries(LOCALES).map(([value, { name }]) => ({ value, label: name })),
  }
}
