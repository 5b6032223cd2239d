import { CARD_WIDTH_PX, type Point } from './layout.ts'

const MARGIN_PX = 12

/**
 * A smooth way from one card to another, straight past the columns between them. Each bend leaves and arrives level,
 * so that a line can be followed with the eye.
 */
export function routeOf(from: Point, to: Point, corners: readonly Point[]): string {
  const half = CARD_WIDTH_PX / 2 + MARGIN_PX
  const backwards = to.x <= from.x
  // An edge that goes back passes its corners from right to left.
  const stops = corners.flatMap(({ x, y }) => {
    const pair = [
      { x: x - half, y },
      { x: x + half, y },
    ]
    return backwards ? pair.reverse() : pair
  })
  let at = from
  let path = `M ${from.x} ${from.y}`
  for (const next of [...stops, to]) {
    const reach = Math.max(24, Math.abs(next.x - at.x) / 2)
    const level = next.y === at.y && next !== to && at !== from
    const sign = backwards && next !== to && at !== from ? -1 : 1
    path += level
      ? ` L ${next.x} ${next.y}`
      : ` C ${at.x + reach * (at === from ? 1 : sign)} ${at.y} ${next.x - reach * (next === to ? 1 : sign)} ${next.y} ${next.x} ${next.y}`
    at = next
  }
  return path
}
