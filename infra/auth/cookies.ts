/** The value of a cookie of a request. */
export function readCookie(headers: Headers, name: string): string | undefined {
  const start = `${name}=`
  const pairs = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length)
}

/** A line for `Set-Cookie`. No script reads it, and other sites' requests do not carry it; an age of 0 takes it back. */
export function cookieLine(cookie: { name: string; value: string; maxAgeSeconds: number; secure: boolean }): string {
  const { name, value, maxAgeSeconds, secure } = cookie
  return `${name}=${value}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly${secure ? '; Secure' : ''}; SameSite=Lax`
}
