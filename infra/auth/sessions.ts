import { createHmac } from 'node:crypto'
import type pg from 'pg'
import { hashToken, secretsEqual } from '#infra/crypto/tokens.ts'

export type Session = {
  sessionId: string
  personId: string
  /** The tenant this session works in; membership is asked at each request, not here. */
  tenantId: string | null
}

export type SessionRow = {
  id: string
  createdAt: Date
  expiresAt: Date
  address: string | null
  userAgent: string | null
}

/** Reads who is signed in. Nothing is cached: a session that was revoked is gone at the next request. */
export type Sessions = {
  /** @param headers of the request: the session's cookie is in them. */
  read(headers: Headers): Promise<Session | undefined>
  list(personId: string): Promise<SessionRow[]>
  /** False when the person has no such session. */
  revoke(session: { personId: string; sessionId: string }): Promise<boolean>
  revokeAll(personId: string): Promise<void>
  chooseTenant(session: { sessionId: string; tenantId: string }): Promise<void>
  /** Those of the given sessions that are still good, in one question. */
  alive(sessionIds: readonly string[]): Promise<Set<string>>
}

export type SessionCookie = { name: string; secret: string }

/** The token in the library's signed cookie, or undefined unless we signed it: then no query is worth asking. */
export function tokenOf(headers: Headers, { name, secret }: SessionCookie): string | undefined {
  const start = `${name}=`
  const pairs = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  const given = pairs.find((pair) => pair.startsWith(start))?.slice(start.length)
  if (given === undefined || given.length > 400) return undefined
  const value = safeDecode(given)
  const dot = value.lastIndexOf('.')
  if (dot < 1) return undefined
  const token = value.slice(0, dot)
  const signature = createHmac('sha256', secret).update(token).digest('base64')
  return secretsEqual(signature, value.slice(dot + 1)) ? token : undefined
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** The verbs on the table of sessions; the library owns its columns and writes the rows. */
export function createSessions(pool: pg.Pool, cookie: SessionCookie): Sessions {
  return {
    async read(headers) {
      const token = tokenOf(headers, cookie)
      if (token === undefined) return undefined
      const { rows } = await pool.query<Session>({
        name: 'session-by-token',
        text: `select id as "sessionId", "userId" as "personId", "tenantId" from session
          where token = $1 and "expiresAt" > now()`,
        values: [hashToken(token)],
      })
      return rows[0]
    },
    async list(personId) {
      const { rows } = await pool.query<SessionRow>(
        `select id, "createdAt", "expiresAt", nullif("ipAddress", '') as address, nullif("userAgent", '') as "userAgent"
         from session where "userId" = $1 and "expiresAt" > now() order by "createdAt" desc limit 200`,
        [personId],
      )
      return rows
    },
    async revoke({ personId, sessionId }) {
      const { rowCount } = await pool.query('delete from session where id = $1 and "userId" = $2', [
        sessionId,
        personId,
      ])
      return rowCount === 1
    },
    async revokeAll(personId) {
      await pool.query('delete from session where "userId" = $1', [personId])
    },
    async chooseTenant({ sessionId, tenantId }) {
      await pool.query('update session set "tenantId" = $2, "updatedAt" = now() where id = $1', [sessionId, tenantId])
    },
    async alive(sessionIds) {
      const { rows } = await pool.query<{ id: string }>(
        'select id from session where id = any($1::uuid[]) and "expiresAt" > now()',
        [sessionIds],
      )
      return new Set(rows.map(({ id }) => id))
    },
  }
}
