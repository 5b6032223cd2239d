import { hashToken, newToken } from '#infra/crypto/tokens.ts'
import type { AuthPool } from './attempts.ts'
import { cookieLine, readCookie } from './cookies.ts'

const DEVICE_COOKIE = 'holdfast.device'
/** The longest that browsers keep a cookie. */
const DEVICE_SECONDS = 400 * 24 * 3_600

/** The browsers that somebody has signed in with, told apart by a cookie that stays when the session goes. */
export type Devices = {
  /** Notes a sign-in. `isNew` is whether the person has signed in before, but never with this browser. */
  seen(personId: string, headers: Headers): Promise<{ isNew: boolean; cookies: string[] }>
}

export function createDevices(pool: AuthPool, { secure }: { secure: boolean }): Devices {
  return {
    async seen(personId, headers) {
      const given = readCookie(headers, DEVICE_COOKIE)
      const token = given !== undefined && /^[\w-]{43}$/.test(given) ? given : newToken()
      const { rows } = await pool.query<{ known: boolean; any: boolean }>(
        `with before as materialized (
           select coalesce(bool_or(device_hash = $2), false) as known, count(*) > 0 as any
           from known_devices where person_id = $1
         ), noted as (
           insert into known_devices (person_id, device_hash) values ($1, $2)
           on conflict (person_id, device_hash) do update set seen_at = now()
         )
         select known, "any" from before`,
        [personId, hashToken(token)],
      )
      const { known, any } = rows[0]!
      const cookie = cookieLine({ name: DEVICE_COOKIE, value: token, maxAgeSeconds: DEVICE_SECONDS, secure })
      return { isNew: any && !known, cookies: [cookie] }
    },
  }
}
