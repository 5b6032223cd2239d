const ADDRESS_CHARS_MAX = 2_000

/**
 * A whole web address that may be given to others, as a browser would write it: http or https, no user name in it.
 * @returns undefined when the text is none.
 */
export function webAddress(text: string): string | undefined {
  if (text.length > ADDRESS_CHARS_MAX || !URL.canParse(text)) return undefined
  const url = new URL(text)
  const isWeb = (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.password === ''
  return isWeb && url.href.length <= ADDRESS_CHARS_MAX ? url.href : undefined
}

/**
 * Whether a template of an address names its host itself. Values are escaped when they are put in, so they can fill path
 * and query, but never choose where a request, and the secret that may go with it, is sent.
 */
export const hasFixedHost = (template: string): boolean =>
  /^https?:\/\/[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,252})(?::\d{1,5})?(?:[/?#]|$)/iu.test(template)
