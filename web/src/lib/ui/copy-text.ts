/**
 * Puts text where it can be pasted from.
 *
 * @returns whether it is there: without TLS a browser has no clipboard for pages, and with it a person can forbid it.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
