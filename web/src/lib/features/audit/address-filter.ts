const DAY = /^\d{4}-\d{2}-\d{2}$/

/** A filter of a log: words by their names, and days of the reader's zone as `from` and `to`. */
export type Filter<Name extends string> = Record<Name | 'from' | 'to', string | undefined>

/** How a filter stands in the address of its page, and comes back from it. */
export function createFilter<Name extends string>(path: string, words: readonly Name[]) {
  const names = [...words, 'from', 'to'] as const
  const read = (search: Pick<URLSearchParams, 'get'>): Filter<Name> => {
    const of = (name: Name | 'from' | 'to') => {
      const text = search.get(name)
      const isDay = name === 'from' || name === 'to'
      return text === null || (isDay && !DAY.test(text)) ? undefined : text
    }
    return Object.fromEntries(names.map((name) => [name, of(name)])) as Filter<Name>
  }
  const href = (filter: Filter<Name>): string => {
    const search = new URLSearchParams()
    for (const name of names) if (filter[name]) search.set(name, filter[name])
    return search.size === 0 ? path : `${path}?${search}`
  }
  const count = (filter: Filter<Name>): number => names.filter((name) => filter[name] !== undefined).length
  return { none: read(new URLSearchParams()), read, href, count }
}

/** Midnight at the beginning of a day of the reader, or of the one after. */
function instant(day: string | undefined, days = 0): string | undefined {
  if (day === undefined) return undefined
  const at = new Date(`${day}T00:00:00`)
  at.setDate(at.getDate() + days)
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString()
}

/** Days as the API takes them: the last one is meant to its end. */
export const spanOf = ({ from, to }: { from: string | undefined; to: string | undefined }) => ({
  from: instant(from),
  to: instant(to, 1),
})
