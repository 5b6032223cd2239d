/** Providers allow only small letters and underscores in a name; people read words. */
export function templateTitle(name: string): string {
  const words = name.replaceAll('_', ' ').trim()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
