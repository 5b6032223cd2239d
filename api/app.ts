import { OpenAPIHono } from '@hono/zod-openapi'
import { answerMissing, knownMethods } from './allowed-methods.ts'
import type { ApiDeps, AppEnv } from './deps.ts'
import { docs } from './docs.ts'
import { csrf } from './middleware/csrf.ts'
import { requestId } from './middleware/request-id.ts'
import { logRequests } from './middleware/request-log.ts'
import { securityHeaders } from './middleware/security-headers.ts'
import { CORE_MOUNTS, type Mount } from './mounts.ts'
import { rejectInvalid, respondToError } from './problem.ts'
import { PRODUCT_MOUNTS, ROOT_MOUNTS } from './product-mounts.ts'
import { temporalCodec } from './temporal-codec.ts'

export type Mounts = { api: readonly Mount[]; root: readonly Mount[] }

const ALL_MOUNTS: Mounts = { api: [...CORE_MOUNTS, ...PRODUCT_MOUNTS], root: ROOT_MOUNTS }

/** The whole API as one function of a request. It listens nowhere; tests hand it one feature and their own deps. */
export function createApp(deps: ApiDeps, mounts: Mounts = ALL_MOUNTS): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>({ defaultHook: rejectInvalid })
  app.onError(respondToError)
  app.notFound(answerMissing(app))

  app.use(async (c, next) => {
    c.set('deps', deps)
    await next()
  })
  app.use(requestId)
  app.use(securityHeaders)
  for (const { path, build } of mounts.root) app.route(path, build(deps))

  app.use('/api/v1/*', logRequests)
  app.use('/api/v1/*', knownMethods(app))
  app.all('/api/temporal-codec/decode', temporalCodec(deps))
  app.all('/api/temporal-codec/:pass/decode', temporalCodec(deps))
  app.use('/api/*', csrf)
  for (const { path, build } of mounts.api) app.route(`/api/v1${path}`, build(deps))
  docs(app, deps)
  return app
}
