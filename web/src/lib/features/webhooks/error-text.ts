import type { useI18n } from '#lib/i18n/index.ts'

type I18n = ReturnType<typeof useI18n>

/** Why an attempt got no answer, in words; what follows the colon is for engineers and stays as it is. */
export function errorText({ t, i18n }: Pick<I18n, 't' | 'i18n'>, error: string): string {
  const [word = '', ...details] = error.split(':')
  const key = `webhooks.error_${word}`
  const text = i18n.has(key) ? t(key) : word
  return details.length === 0 ? text : `${text} (${details.join(':')})`
}
