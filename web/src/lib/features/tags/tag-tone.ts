import type { TagColor } from '#domain/tags/schema.ts'

const HUES: Record<Exclude<TagColor, 'grey'>, number> = {
  red: 25,
  orange: 50,
  amber: 80,
  green: 150,
  teal: 190,
  blue: 250,
  violet: 298,
  pink: 345,
}

/** The shade of a tag's hue that can be read in light and in dark. */
export function tagStyle(color: TagColor): string {
  if (color === 'grey') return 'background:var(--pressed);color:var(--ink-2)'
  const hue = HUES[color]
  return `background:light-dark(oklch(0.945 0.035 ${hue}),oklch(0.305 0.05 ${hue}));color:light-dark(oklch(0.42 0.095 ${hue}),oklch(0.85 0.075 ${hue}))`
}
