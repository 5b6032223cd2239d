/** Messages per second that WhatsApp lets through a number, by the level of its throughput. */
const PACES: Readonly<Record<string, number>> = { STANDARD: 80, HIGH: 1_000 }
const STANDARD_PACE = 80

/**
 * The pace of a number, in messages per second, once the provider has told its level. A pace that somebody chose below
 * the level stays; one that only followed the level before follows it again.
 */
export function paceAt(level: string | null, current: number): number {
  const most = PACES[level ?? '']
  if (most === undefined) return current
  return current === STANDARD_PACE ? most : Math.min(current, most)
}

const TIERS: Readonly<Record<string, number>> = { '50': 50, '250': 250, '1K': 2_000, '2K': 2_000 }

/**
 * How many people a business may begin to write to within a day, as WhatsApp's tier of its verification says
 * (`TIER_250`, `10K`, `2000`). People who wrote within 24 hours do not count.
 *
 * @returns null where there is no bound, or none that is known: then the provider itself refuses.
 */
export function initiationsPerDay(tier: string | null): number | null {
  const word = (tier ?? '').toUpperCase().replace(/^TIER_/, '')
  const known = TIERS[word]
  if (known !== undefined) return known
  const [, digits, thousands] = /^(\d{1,7})(K?)$/.exec(word) ?? []
  return digits === undefined ? null : Number(digits) * (thousands === 'K' ? 1_000 : 1)
}
