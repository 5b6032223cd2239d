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

const hasRoute = (app: OpenAPIHono<AppEnv>, method: string, path: string): boolean =>
  app.router.match(method, path)[0].some(([[, route]]) => route.method === method)

/** The methods that have a route of their own at a path; what runs for all methods, as middleware does, is none. */
function methodsAt(app: OpenAPIHono<AppEnv>, path: string): string[] {
  const plain = plainMethods(app).get(path)
  const known = METHODS.filter((method) => plain?.has(method) ?? hasRoute(app, method, path))
  return known.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
}

function refuseMethod(c: Context<AppEnv>, allowed: readonly string[]): Response {
  c.header('Allow', allowed.join(', '))
  const message = `${c.req.method} is not for this address; ${allowed.join(', ')} may be.`
  return respondToError(new DomainError('method_not_allowed', message), c)
}

/**
 * An address that is known for other methods says so before anything else is asked. Beside `/roles/{id}` stands
 * `/roles/permissions`: whoever deletes that is told that it cannot be deleted, and not that "permissions" is no id.
 */
export function knownMethods(app: OpenAPIHono<AppEnv>) {
  let plain: ReturnType<typeof plainMethods> | undefined
  return createMiddleware<AppEnv>(async (c, next) => {
    // Routes are mounted after this is made, and none after the first request.
    plain ??= plainMethods(app)
    const { path } = c.req
    const method = c.req.method === 'HEAD' ? 'GET' : c.req.method
    const isKnown = plain.get(path)?.has(method) ?? hasRoute(app, method, path)
    const allowed = isKnown ? [] : methodsAt(app, path)
    return allowed.length === 0 ? next() : refuseMethod(c, allowed)
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
