import type { I18n } from '#lib/i18n/index.ts'

/** `TIER_10K` as "10,000 people a day"; Meta's own word where it names a tier that we do not know. */
export function limitText(limit: string | null, { t }: Pick<I18n, 't'>, number: (value: number) => string): string {
  if (limit === null || limit === '') return t('channels.limit_unknown')
  if (/UNLIMITED/.test(limit)) return t('channels.limit_none')
  const [, digits, unit] = /^TIER_(\d+)(K?)$/.exec(limit) ?? []
  return digits === undefined
    ? limit
    : t('channels.limit', { count: number(Number(digits) * (unit === 'K' ? 1_000 : 1)) })
}
