import { loadBundle } from '#lib/i18n/load.ts'
import type { LayoutLoad } from './$types'

export const load: LayoutLoad = async ({ data }) => ({ ...data, bundle: await loadBundle(data.locale) })
