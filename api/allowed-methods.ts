import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import type { AppEnv } from './deps.ts'
import { respondToError } from './problem.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** The methods that have a route of their own at a path; what runs for all methods, as middleware does, is none. */
function methodsAt(app: OpenAPIHono<AppEnv>, path: string): string[] {
  const known = METHODS.filter((method) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  )
  return known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

/** What is answered where no route is: there is nothing, or it is there for other methods, which are told. */
export function answerMissing(app: OpenAPIHono<AppEnv>) {
  return (c: Context<AppEnv>): Response => {
    const allowed = methodsAt(app, c.req.path)
    if (allowed.length === 0) return respondToError(new DomainError('not_found', 'There is nothing here.'), c)
    c.header('Allow', allowed.join(', '))
    const message = `${c.req.method} is not for this address; ${allowed.join(', ')} may be.`
    return respondToError(new DomainError('method_not_allowed', message), c)
  }
}
