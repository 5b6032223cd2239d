import type { Context } from 'hono'
import { actorOf } from '#domain/permissions/principal.ts'
import type { Acting } from '#infra/db/stores/acting.ts'
import type { AppEnv } from './deps.ts'

export type RequestContext = Pick<Context<AppEnv>, 'get' | 'req'>

/** Who the request acts as, in the words of the stores. */
export function acting(c: RequestContext): Acting {
  const principal = c.get('principal')
  return { tenantId: principal.tenantId, actor: actorOf(principal) }
}
