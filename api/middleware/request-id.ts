import { createMiddleware } from 'hono/factory'
import { newId } from '#infra/ids.ts'
import type { AppEnv } from '../deps.ts'

const ACCEPTED = /^[A-Za-z0-9_-]{8,64}$/

/** Names the request in logs, problems and the audit log. A name from outside is kept only in a harmless shape. */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const given = c.req.header('x-request-id')
  const id = given !== undefined && ACCEPTED.test(given) ? given : newId()
  c.set('requestId', id)
  c.header('X-Request-Id', id)
  await next()
})
