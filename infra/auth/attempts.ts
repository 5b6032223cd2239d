import { createHash } from 'node:crypto'
import type pg from 'pg'
import { DomainError } from '#domain/errors.ts'

/** The connections of sign-in, which reach its own schema and nothing else. */
export type AuthPool = pg.Pool

/** How often something may be tried: `max` times in a window that begins with its first try. */
export type AttemptLimit = { max: number; windowSeconds: number }

export type AttemptLimits = Record<
  'signInPair' | 'signInEmail' | 'signInAddress' | 'secondFactor' | 'signUp' | 'reset',
  AttemptLimit
>

/**
 * Pairs of address and account are cut short, so that one address cannot guess; an account alone has room, so that
 * a stranger cannot lock its owner out; an address alone is bounded against trying many accounts, and has room for a
 * whole office behind one of them. A second factor is only tried by who has the first, so the account alone counts.
 */
export const ATTEMPT_LIMITS: AttemptLimits = {
  signInPair: { max: 5, windowSeconds: 900 },
  signInEmail: { max: 100, windowSeconds: 900 },
  signInAddress: { max: 300, windowSeconds: 900 },
  secondFactor: { max: 5, windowSeconds: 900 },
  signUp: { max: 100, windowSeconds: 3_600 },
  reset: { max: 5, windowSeconds: 900 },
}

/** Counts one try, before it is judged: tries that run at once are all counted. */
const COUNT = `insert into attempts as a (key, count, window_ends_at)
  values ($1, 1, now() + make_interval(secs => $2))
  on conflict (key) do update set
    count = case when a.window_ends_at <= now() then 1 else a.count + 1 end,
    window_ends_at = case when a.window_ends_at <= now() then excluded.window_ends_at else a.window_ends_at end
  returning count, greatest(0, extract(epoch from window_ends_at - now()) * 1000)::int as "endsInMs"`

const keyOf = (kind: string, subject: string) => createHash('sha256').update(`${kind}\n${subject}`).digest()

/** IPv6 hosts own a /64 each, so the limit counts the network and not the address. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (!plain.includes(':')) return plain
  const [head = '', tail] = plain.toLowerCase().split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}

export type Attempts = {
  /** Counts a try and throws `too_many_requests` when there were too many. */
  count(kind: keyof AttemptLimits, subject: string): Promise<void>
  /** Forgets the tries of a subject that has proven itself. */
  clear(kind: keyof AttemptLimits, subject: string): Promise<void>
  forgetOld(): Promise<number>
}

export function createAttempts(pool: AuthPool, limits: AttemptLimits): Attempts {
  return {
    async count(kind, subject) {
      const { max, windowSeconds } = limits[kind]
      const { rows } = await pool.query<{ count: number; endsInMs: number }>({
        name: 'attempts-count',
        text: COUNT,
        values: [keyOf(kind, subject), windowSeconds],
      })
      const { count, endsInMs } = rows[0]!
      if (count > max) {
        throw new DomainError('too_many_requests', 'Too many tries; wait a while.', { retryAfterMs: endsInMs })
      }
    },
    async clear(kind, subject) {
      await pool.query('delete from attempts where key = $1', [keyOf(kind, subject)])
    },
    async forgetOld() {
      return (await pool.query('delete from attempts where window_ends_at < now()')).rowCount ?? 0
    },
  }
}
