import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { Principal } from '#domain/permissions/principal.ts'
import type { Session } from '#infra/auth/sessions.ts'
import type { MemberAccess } from '#infra/db/stores/members.ts'
import type { AppEnv } from '../deps.ts'
import type { Access } from './permission.ts'

/** Only who reads is remembered: whatever changes something asks anew who may. */
const isRead = (c: Context<AppEnv>): boolean => c.req.method === 'GET' || c.req.method === 'HEAD'

/** The session of a request, as it was asked a moment ago, where nothing was told since. */
export async function rememberSession(
  c: Context<AppEnv>,
  read: () => Promise<Session | undefined>,
): Promise<Session | undefined> {
  const { access, clock } = c.get('deps')
  const cookie = c.req.header('cookie')
  if (access === undefined || cookie === undefined || !isRead(c)) return read()
  const found = await access.remember(
    `session ${createHash('sha256').update(cookie).digest('base64')}`,
    async () => {
      const session = await read()
      return session && { session, readAtMs: clock.nowMs() }
    },
    ({ session }) => ({ of: [session.personId], keptMs: session.endsInMs }),
  )
  if (found === undefined) return undefined
  const { session, readAtMs } = found
  return { ...session, confirmedAgoMs: session.confirmedAgoMs + clock.nowMs() - readAtMs }
}

export function rememberMember(
  c: Context<AppEnv>,
  { tenantId, personId }: { tenantId: string; personId: string },
  read: () => Promise<MemberAccess | undefined>,
): Promise<MemberAccess | undefined> {
  const { access } = c.get('deps')
  if (access === undefined || !isRead(c)) return read()
  return access.remember(`member ${tenantId}/${personId}`, read, () => ({ of: [tenantId, personId] }))
}

/** What a change to conversations or contacts needs says nothing of who may do what. */
const CHANGES_NO_ACCESS = /^(conversations|contacts|tags|templates|flows|runs)\./

/** After a change: whoever made it and asks again sees it, even if the triggers have not told it yet. */
export function forgetAccess(c: Context<AppEnv>, access: Access): void {
  const { access: cache } = c.get('deps')
  if (cache === undefined || CHANGES_NO_ACCESS.test(access)) return
  const principal: Principal | undefined = c.get('principal')
  if (principal === undefined) {
    cache.forgetAll()
    return
  }
  cache.forget(principal.tenantId)
  if (principal.personId !== undefined) cache.forget(principal.personId)
}
