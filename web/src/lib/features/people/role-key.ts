/** The key of a role out of its name; a name without Latin letters gets one that only has to be its own. */
export function roleKey(name: string): string {
  const latin = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+|_+$/g, '')
  return (
    latin || `role_${[...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 1_000_000, 7)}`
  ).slice(0, 40)
}
