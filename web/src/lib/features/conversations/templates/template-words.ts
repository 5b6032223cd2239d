/** Providers allow only small letters and underscores in a name; people read words. */
export function templateTitle(name: string): string {
  const words = name.replaceAll('_', ' ').trim()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

/**
 * The words around a gap that only has a number, so that nobody counts braces. Isolated, because the template's language
 * may run the other way than the page.
 */
export function gapHint(body: string, variable: string): string {
  const [before = '', after = ''] = body.split(`{{${variable}}}`)
  const plain = (text: string) => text.replaceAll(/\{\{\s*[\w.]+\s*\}\}/g, '…').trim()
  const words = [plain(before).split(/\s+/).slice(-3).join(' '), '▁▁', plain(after).split(/\s+/).slice(0, 3).join(' ')]
  return `\u2068${words.filter(Boolean).join(' ')}\u2069`
}
