export type Card = { name: string; phones: string[] }

/** Contact cards come in the provider's loose shape; only what can be shown is read out of them. */
export function cardsOf(cards: readonly Record<string, unknown>[]): Card[] {
  return cards.map((card) => {
    const name = card['name'] as { formatted_name?: unknown } | undefined
    const phones = Array.isArray(card['phones']) ? (card['phones'] as { phone?: unknown; wa_id?: unknown }[]) : []
    return {
      name: typeof name?.formatted_name === 'string' ? name.formatted_name : '',
      phones: phones.map((phone) => phone.phone ?? phone.wa_id).filter((phone) => typeof phone === 'string'),
    }
  })
}

/** A map of the place, opened in the reader's own browser only on a click. */
export const mapUrl = ({ latitude, longitude }: { latitude: number; longitude: number }): string =>
  `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`
