import { IntlMessageFormat } from 'intl-messageformat'

const TEXT = 0
const PLURAL = 6
const POUND = 7
const TAG = 8

export type Part = { type: number; value?: unknown; options?: Record<string, { value: Part[] }> }

/** A message taken apart. @throws SyntaxError when its braces do not close. */
export const partsOf = (text: string, locale: string): Part[] =>
  /[{}']/.test(text) ? taken(text, locale) : [{ type: TEXT, value: text }]

const taken = (text: string, locale: string): Part[] =>
  new IntlMessageFormat(text, locale, undefined, { ignoreTag: true }).getAst() as Part[]

const branchesOf = (part: Part): Part[][] => Object.values(part.options ?? {}).map(({ value }) => value)
const deep = (parts: readonly Part[]): Part[] => parts.flatMap((part) => [part, ...branchesOf(part).flatMap(deep)])

/** The names of the values that a message asks for. */
export const valuesOf = (parts: readonly Part[]): Set<string> =>
  new Set(
    deep(parts)
      .filter(({ type }) => type > TEXT && type < TAG && type !== POUND)
      .map(({ value }) => String(value)),
  )

/** The plurals of a message: the categories and exact numbers that each tells apart. */
export const pluralsOf = (parts: readonly Part[]): string[][] =>
  deep(parts)
    .filter(({ type }) => type === PLURAL)
    .map(({ options }) => Object.keys(options ?? {}))

/** The longest text that a message can become, with each value as two signs: room for a number. */
export function longestOf(parts: readonly Part[]): string {
  const longer = (a: string, b: string) => (b.length > a.length ? b : a)
  const said = (part: Part) => {
    if (part.type === TEXT) return String(part.value)
    return branchesOf(part).length === 0 ? '00' : branchesOf(part).map(longestOf).reduce(longer, '')
  }
  return parts.map(said).join('')
}
