import type { I18n } from '#lib/i18n/index.ts'

/** What starts a flow, in a person's words. */
export function triggerText(trigger: string, { t, has }: Pick<I18n, 't' | 'has'>): string {
  const key = `flows.trigger_${trigger}`
  return has(key) ? t(key) : trigger
}
