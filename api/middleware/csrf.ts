import { createMiddleware } from 'hono/factory'
import { DomainError } from '#domain/errors.ts'
import type { AppEnv } from '../deps.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A browser sends its cookies along with requests of other sites. So a write that may rest on a cookie must say that
 * it comes from our own pages; this holds before sign-in too, or another site could sign a person in as somebody else.
 * A request with an Authorization header does not rest on a cookie, because then none is read.
 */
export const csrf = createMiddleware<AppEnv>(async (c, next) => {
  if (!SAFE.has(c.req.method) && c.req.header('authorization') === undefined) {
    const origin = c.req.header('origin')
    if (origin === undefined || !c.get('deps').settings.origins.includes(origin)) {
      throw new DomainError('forbidden', 'This write does not come from a page of this product.')
    }
  }
  await next()
})
