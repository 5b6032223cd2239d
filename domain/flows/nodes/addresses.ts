const ADDRESS_CHARS_MAX = 2_000

/** Whether a text is a whole web address that may be given to others: http or https, no user name in it. */
export function isWebAddress(text: string): boolean {
  if (text.length > ADDRESS_CHARS_MAX || !URL.canParse(text)) return false
  const url = new URL(text)
  return (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === ''
}

/**
 * Whether a template of an address names its host itself. Values are escaped when they are put in, so they can fill path
 * and query, but never choose where a request, and the secret that may go with it, is sent.
 */
export const hasFixedHost = (template: string): boolean =>
  /^https?:\/\/[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,252})(?::\d{1,5})?(?:[/?#]|$)/iu.test(template)
