import { z } from 'zod'
import { PANELS } from './panels.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]
export const DENSITIES = ['comfortable', 'compact'] as const
export type Density = (typeof DENSITIES)[number]

export const PREFERENCES_COOKIE = 'holdfast_prefs'

/** What this browser remembers of how a person likes it. A cookie, so that the first paint is already right. */
export const PreferencesSchema = z.object({
  theme: z.enum(THEMES).catch('system'),
  density: z.enum(DENSITIES).catch('comfortable'),
  locale: z.string().max(12).optional().catch(undefined),
  panelLocales: z.partialRecord(z.enum(PANELS), z.string().max(12)).catch({}),
  listWidthPx: z.int().min(260).max(560).catch(336),
  panelWidthPx: z.int().min(260).max(560).catch(320),
  panelOpen: z.boolean().catch(true),
})
export type PreferencesData = z.infer<typeof PreferencesSchema>

/** Never fails: what cannot be read is as if it had not been set. */
export function readPreferences(cookie: string | undefined): PreferencesData {
  try {
    return PreferencesSchema.parse(JSON.parse(decodeURIComponent(cookie ?? '%7B%7D')))
  } catch {
    return PreferencesSchema.parse({})
  }
}
