import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../deps.ts'

const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** What every answer of the process carries, whoever made it. */
export function commonHeaders(secure: boolean): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'geolocation=(self), microphone=(self), camera=(self), payment=(), usb=()',
    ...(secure ? { 'Strict-Transport-Security': 'max-age=63072000; includeSubDomains' } : {}),
  }
}

/** Answers of the API are data: nothing in them may run, be framed or be kept by a cache. */
export const securityHeaders = createMiddleware<AppEnv>(async (c, next) => {
  await next()
  const headers = c.res.headers
  for (const [name, value] of Object.entries(commonHeaders(c.get('deps').settings.secureCookies))) {
    headers.set(name, value)
  }
  if (!headers.has('Content-Security-Policy')) {
    headers.set('Content-Security-Policy', c.req.path.startsWith('/api/docs') ? DOCS_POLICY : API_POLICY)
  }
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
})
