/** A small seeded generator, so that screenshots of one page look alike from run to run. */
export function seeded(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!,
    int: (min: number, max: number): number => min + Math.floor(next() * (max - min + 1)),
    chance: (share: number): boolean => next() < share,
  }
}

const HEX = (value: number, length: number): string => value.toString(16).padStart(length, '0')

/** Ids that look like UUIDv7 and sort by `index`. */
export const idOf = (kind: number, index: number): string =>
  `0199${HEX(kind, 4)}-${HEX(index >> 16, 4)}-7${HEX((index >> 4) & 0xfff, 3)}-8${HEX(kind & 0xfff, 3)}-${HEX(index, 12)}`
