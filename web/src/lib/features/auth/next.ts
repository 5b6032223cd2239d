/** Only an address of our own app: a link must not send a person who signs in somewhere else. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/inbox'
  return /^\/sign-(in|up)/.test(next) ? '/inbox' : next
}
