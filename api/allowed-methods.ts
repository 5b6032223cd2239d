import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { DomainError } from '#domain/errors.ts'
import type { AppEnv } from './deps.ts'
import { respondToError } from './problem.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const isPlain = (path: string) => !/[:*{]/.test(path)

/** Of each address without parameters, the methods that have a route of their own there. */
function plainMethods(app: OpenAPIHono<AppEnv>): Map<string, ReadonlySet<string>> {
  const served = app.routes.filter(({ path, method }) => method !== 'ALL' && isPlain(path))
  const byPath = Map.groupBy(served, ({ path }) => path)
  return new Map([...byPath].map(([path, routes]) => [path, new Set(routes.map(({ method }) => method))]))
}

/** The methods that have a route of their own at a path; what runs for all methods, as middleware does, is none. */
function methodsAt(app: OpenAPIHono<AppEnv>, path: string): string[] {
  const plain = plainMethods(app).get(path)
  const known = METHODS.filter(
    (method) => plain?.has(method) ?? app.router.match(method, path)[0].some(([[, route]]) => route.method === method),
  )
  return known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

function refuseMethod(c: Context<AppEnv>, allowed: readonly string[]): Response {
  c.header('Allow', allowed.join(', '))
  const message = `${c.req.method} is not for this address; ${allowed.join(', ')} may be.`
  return respondToError(new DomainError('method_not_allowed', message), c)
}

/**
 * Beside `/roles/{id}` stands `/roles/permissions`: whoever deletes the second one is told that it cannot be deleted, and
 * not that "permissions" is no id.
 */
export function plainAddresses(app: OpenAPIHono<AppEnv>) {
  let plain: ReturnType<typeof plainMethods> | undefined
  return createMiddleware<AppEnv>(async (c, next) => {
    // Routes are mounted after this is made, and none after the first request.
    plain ??= plainMethods(app)
    const methods = plain.get(c.req.path)
    const { method } = c.req
    if (methods === undefined || methods.has(method) || (method === 'HEAD' && methods.has('GET'))) return next()
    return refuseMethod(c, methodsAt(app, c.req.path))
  })
}

/** What is answered where no route is: there is nothing, or it is there for other methods, which are told. */
export function answerMissing(app: OpenAPIHono<AppEnv>) {
  return (c: Context<AppEnv>): Response => {
    const allowed = methodsAt(app, c.req.path)
    if (allowed.length === 0) return respondToError(new DomainError('not_found', 'There is nothing here.'), c)
    return refuseMethod(c, allowed)
  }
}
