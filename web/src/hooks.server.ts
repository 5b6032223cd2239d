import type { Handle } from '@sveltejs/kit/hooks'
import { isLocale, LOCALES } from '#lib/i18n/index.ts'
import { negotiateLocale } from '#lib/i18n/locales.ts'
import { panelOf } from '#lib/preferences/panels.ts'
import { PREFERENCES_COOKIE, readPreferences } from '#lib/preferences/schema.ts'

export const handle: Handle = async ({ event, resolve }) => {
  const preferences = readPreferences(event.cookies.get(PREFERENCES_COOKIE))
  const chosen = preferences.panelLocales[panelOf(event.url.pathname)] ?? preferences.locale
  const locale = isLocale(chosen) ? chosen : negotiateLocale(event.request.headers.get('accept-language'))
  event.locals.preferences = preferences
  event.locals.locale = locale

  const marks: Record<string, string> = {
    '%hf.lang%': locale,
    '%hf.dir%': LOCALES[locale].dir,
    '%hf.theme%': preferences.theme,
    '%hf.density%': preferences.density,
  }
  const { script } = LOCALES[locale]
  return resolve(event, {
    transformPageChunk: ({ html }) => html.replace(/%hf\.\w+%/g, (mark) => marks[mark] ?? ''),
    // The fonts of the first paint; the other scripts come when a text needs them.
    preload: (asset) =>
      asset.type === 'font'
        ? /inter-latin-opsz-normal/.test(asset.filename) ||
          (script !== undefined && asset.filename.includes(`noto-sans-${script}-${script}-wght`))
        : asset.type !== 'asset',
  })
}
