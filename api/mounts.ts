import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import type { ApiDeps, AppEnv } from './deps.ts'

/** One feature's routes and where they hang. `build` is called once per app, so tests may hand it other deps. */
export type Mount = { path: string; build: (deps: ApiDeps) => OpenAPIHono<AppEnv> | Hono<AppEnv> }

/** The routes every product needs: people, tenants, roles, the stream of events. */
export const CORE_MOUNTS: readonly Mount[] = []
