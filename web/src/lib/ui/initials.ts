const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The first letters of the first and the last word, by grapheme, so that an emoji or a joined letter stays whole. */
export function initials(name: string): string {
  const words = name
    .replace(/[+()\d]/g, ' ')
    .split(/\s+/)
    .filter(Boolean)
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words
  const letters = chosen.map((word) => segmenter.segment(word)[Symbol.iterator]().next().value?.segment ?? '')
  return letters.join('').toLocaleUpperCase() || '#'
}

const HUES = [25, 55, 85, 130, 160, 195, 230, 260, 295, 330] as const

/** A hue that stays with the same person on every page. */
export function tintOf(key: string): number {
  let hash = 7
  for (const character of key) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return HUES[hash % HUES.length]!
}
