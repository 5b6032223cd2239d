import { createContext } from 'svelte'
import type { Panel } from './panels.ts'
import { type Density, PREFERENCES_COOKIE, type PreferencesData, type Theme } from './schema.ts'

const [getPreferences, setPreferences] = createContext<Preferences>()
const YEAR_S = 31_536_000

export class Preferences {
  theme = $state<Theme>('system')
  density = $state<Density>('comfortable')
  locale = $state<string | undefined>()
  panelLocales = $state.raw<Partial<Record<Panel, string>>>({})
  listWidthPx = $state(336)
  panelWidthPx = $state(320)
  panelOpen = $state(true)

  constructor(saved: PreferencesData) {
    Object.assign(this, saved)
  }

  /** Call inside `$effect`: writes the cookie and the attributes of the page whenever something changes. */
  keep(): void {
    const { theme, density, locale, panelLocales, listWidthPx, panelWidthPx, panelOpen } = this
    const data: PreferencesData = {
      ...{ theme, density, locale, panelLocales },
      ...{ listWidthPx, panelWidthPx, panelOpen },
    }
    const value = encodeURIComponent(JSON.stringify(data))
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not everywhere yet.
    document.cookie = `${PREFERENCES_COOKIE}=${value}; path=/; max-age=${YEAR_S}; samesite=lax`
    document.documentElement.dataset['theme'] = theme
    document.documentElement.dataset['density'] = density
  }
}

export { getPreferences as usePreferences, setPreferences as providePreferences }
