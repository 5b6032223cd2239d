import type { Context } from 'hono'
import type { Session } from '#infra/auth/sessions.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { readSignedUntil, signUntil } from '#infra/crypto/tokens.ts'
import type { AppEnv } from './deps.ts'

const USE = { use: 'decoding-pass', tenantId: '' }
const GOOD_FOR_MS = 8 * 3_600_000

/** Good for a working day, for one session in the tenant that it works in now. */
export function signDecodingPass(
  keyRing: KeyRing,
  { sessionId, tenantId }: Session,
  nowMs: number,
): { pass: string; expiresAtMs: number } {
  const expiresAtMs = nowMs + GOOD_FOR_MS
  return { pass: signUntil(keyRing, USE, { value: JSON.stringify([sessionId, tenantId]), expiresAtMs }), expiresAtMs }
}

/** The session that a pass was made in, if it still is one, working where it did then. */
export async function sessionOfPass(c: Context<AppEnv>, pass: string): Promise<Session | undefined> {
  const { keyRing, clock, auth } = c.get('deps')
  const value = readSignedUntil(keyRing, USE, { signed: pass, nowMs: clock.nowMs() })
  if (value === undefined) return undefined
  const [sessionId, tenantId] = JSON.parse(value) as [string, string]
  const session = await auth.sessions.find(sessionId)
  return session && { ...session, tenantId, supportGrantId: null }
}
