import { createHmac } from 'node:crypto'
import type pg from 'pg'
import { hashToken, secretsEqual } from '#infra/crypto/tokens.ts'
import { readCookie } from './cookies.ts'

export type Session = {
  sessionId: string
  personId: string
  /** The tenant this session works in; membership is asked at each request, not here. */
  tenantId: string | null
  /** How long it still lasts. */
  endsInMs: number
  /** How long ago its person showed that it is them, by signing in or again since. */
  confirmedAgoMs: number
  /** Whether the person has a second factor. */
  hasSecondFactor: boolean
  /** The grant by which an administrator of the platform stands in the tenant; null for its own people. */
  supportGrantId: string | null
}

export type SessionRow = {
  id: string
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
  address: string | null
  userAgent: string | null
}

/** Reads who is signed in, as it is at that moment. */
export type Sessions = {
  /** @param headers of the request: the session's cookie is in them. */
  read(headers: Headers): Promise<Session | undefined>
  /** A session by its id, not by what its browser holds: for what was handed out in it. */
  find(sessionId: string): Promise<Session | undefined>
  list(personId: string): Promise<SessionRow[]>
  /** False when the person has no such session. */
  revoke(session: { personId: string; sessionId: string }): Promise<boolean>
  revokeAll(personId: string): Promise<void>
  revokeOthers(session: { personId: string; sessionId: string }): Promise<number>
  /** Notes that the person of a session has shown again that it is them. */
  confirm(sessionId: string): Promise<void>
  chooseTenant(session: { sessionId: string; tenantId: string }): Promise<void>
  /** Puts an administrator of the platform into a tenant by an owner's grant, or out of it again. */
  enterBySupport(session: { sessionId: string; grant: { id: string; tenantId: string } | null }): Promise<void>
  /** Those of the given sessions that are still good, in one question. */
  alive(sessionIds: readonly string[]): Promise<Set<string>>
}

export type SessionCookie = { name: string; secret: string }

/** The token in the library's signed cookie, or undefined unless we signed it: then no query is worth asking. */
export function tokenOf(headers: Headers, { name, secret }: SessionCookie): string | undefined {
  const given = readCookie(headers, name)
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

const READ = `select s.id as "sessionId", s."userId" as "personId", s."tenantId", s."supportGrantId",
    extract(epoch from s."expiresAt" - now())::float8 * 1000 as "endsInMs",
    extract(epoch from now() - greatest(s."createdAt", s."confirmedAt"))::float8 * 1000 as "confirmedAgoMs",
    coalesce(s."lastUsedAt", s."createdAt") < now() - interval '1 minute' as stale,
    exists (select 1 from totp_secrets t where t.person_id = s."userId" and t.confirmed_at is not null)
      or exists (select 1 from passkeys p where p.person_id = s."userId") as "hasSecondFactor"
  from session s where s."expiresAt" > now()`
const READ_BY_TOKEN = `${READ} and s.token = $1`
const READ_BY_ID = `${READ} and s.id = $1`
const TOUCH = 'update session set "lastUsedAt" = now() where id = $1'

/** The verbs on the table of sessions; the library owns its columns and writes the rows. */
export function createSessions(pool: pg.Pool, cookie: SessionCookie): Sessions {
  return {
    async read(headers) {
      const token = tokenOf(headers, cookie)
      if (token === undefined) return undefined
      const { rows } = await pool.query<Session & { stale: boolean }>({
        name: 'session-by-token',
        text: READ_BY_TOKEN,
        values: [hashToken(token)],
      })
      if (rows[0] === undefined) return undefined
      const { stale, ...session } = rows[0]
      // Nobody waits for it, and a minute more or less is no matter.
      if (stale) void pool.query(TOUCH, [session.sessionId]).catch(() => undefined)
      return session
    },
    async find(sessionId) {
      const { rows } = await pool.query<Session & { stale: boolean }>(READ_BY_ID, [sessionId])
      if (rows[0] === undefined) return undefined
      const { stale: _stale, ...session } = rows[0]
      return session
    },
    async list(personId) {
      const { rows } = await pool.query<SessionRow>(
        `select id, "createdAt", "expiresAt", coalesce("lastUsedAt", "createdAt") as "lastUsedAt", nullif("ipAddress", '') as address, nullif("userAgent", '') as "userAgent"
         from session where "userId" = $1 and "expiresAt" > now() order by coalesce("lastUsedAt", "createdAt") desc, id
         limit 200`,
        [personId],
      )
      return rows
    },
    async revoke({ personId, sessionId }) {
      const { rowCount } = await pool.query(
        `with ended as (delete from session where id = $1 and "userId" = $2 returning id)
         insert into account_acts (person_id, action) select $2, 'auth.end_session' from ended`,
        [sessionId, personId],
      )
      return rowCount === 1
    },
    async revokeAll(personId) {
      await pool.query('delete from session where "userId" = $1', [personId])
    },
    async revokeOthers({ personId, sessionId }) {
      const { rows } = await pool.query<{ ended: number }>(
        `with ended as (delete from session where "userId" = $1 and id <> $2 returning id),
           counted as (select count(*)::int as ended from ended),
           noted as (insert into account_acts (person_id, action, detail)
             select $1, 'auth.end_sessions', jsonb_build_object('ended', ended) from counted)
         select ended from counted`,
        [personId, sessionId],
      )
      return rows[0]!.ended
    },
    async confirm(sessionId) {
      await pool.query('update session set "confirmedAt" = now() where id = $1', [sessionId])
    },
    async chooseTenant({ sessionId, tenantId }) {
      await pool.query(
        'update session set "tenantId" = $2, "supportGrantId" = null, "updatedAt" = now() where id = $1',
        [sessionId, tenantId],
      )
    },
    async enterBySupport({ sessionId, grant }) {
      await pool.query('update session set "tenantId" = $2, "supportGrantId" = $3, "updatedAt" = now() where id = $1', [
        sessionId,
        grant?.tenantId ?? null,
        grant?.id ?? null,
      ])
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
