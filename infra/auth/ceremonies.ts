import { hashToken, newToken } from '#infra/crypto/tokens.ts'
import type { AuthPool } from './attempts.ts'

const PENDING_SECONDS = 600
const CEREMONY_SECONDS = 300

/** What is half done: a sign-in that waits for its second factor, and a challenge that waits for its answer. */
export type Ceremonies = {
  /** @returns the token that the browser keeps meanwhile. */
  addPending(personId: string): Promise<string>
  /** Whose sign-in waits behind a token. */
  pending(token: string): Promise<string | undefined>
  /** Ends the wait; false when somebody else has ended it. */
  takePending(token: string): Promise<boolean>
  dropPending(personId: string): Promise<void>
  /** Keeps a challenge for whoever holds `key`. A new one replaces it. */
  begin(key: string, challenge: string): Promise<void>
  /** The challenge, once. */
  take(key: string): Promise<string | undefined>
}

export function createCeremonies(pool: AuthPool): Ceremonies {
  return {
    async addPending(personId) {
      const token = newToken()
      await pool.query(
        `insert into pending_sign_ins (token_hash, person_id, expires_at)
         values ($1, $2, now() + make_interval(secs => $3))`,
        [hashToken(token), personId, PENDING_SECONDS],
      )
      return token
    },
    async pending(token) {
      const { rows } = await pool.query<{ personId: string }>(
        'select person_id as "personId" from pending_sign_ins where token_hash = $1 and expires_at > now()',
        [hashToken(token)],
      )
      return rows[0]?.personId
    },
    async takePending(token) {
      const { rowCount } = await pool.query(
        'delete from pending_sign_ins where token_hash = $1 and expires_at > now()',
        [hashToken(token)],
      )
      return rowCount === 1
    },
    async dropPending(personId) {
      await pool.query('delete from pending_sign_ins where person_id = $1', [personId])
    },
    async begin(key, challenge) {
      await pool.query(
        `insert into ceremonies (key, challenge, expires_at) values ($1, $2, now() + make_interval(secs => $3))
         on conflict (key) do update set challenge = excluded.challenge, expires_at = excluded.expires_at`,
        [hashToken(key), challenge, CEREMONY_SECONDS],
      )
    },
    async take(key) {
      const { rows } = await pool.query<{ challenge: string; good: boolean }>(
        'delete from ceremonies where key = $1 returning challenge, expires_at > now() as good',
        [hashToken(key)],
      )
      return rows[0]?.good === true ? rows[0].challenge : undefined
    },
  }
}
