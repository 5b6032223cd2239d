import type { I18n } from '#lib/i18n/index.ts'

/** What a run is doing now, in a person's words. */
export function postureText(posture: string, { t, has }: Pick<I18n, 't' | 'has'>): string {
  const key = `runs.posture_${posture}`
  return has(key) ? t(key) : posture
}
