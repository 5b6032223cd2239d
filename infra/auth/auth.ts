import { betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { getAdapter } from 'better-auth/db/adapter'
import { getMigrations } from 'better-auth/db/migration'
import { twoFactor } from 'better-auth/plugins'
import pg from 'pg'
import { DomainError } from '#domain/errors.ts'
import { ATTEMPT_LIMITS, type AttemptLimits, type Attempts, createAttempts, networkOf } from './attempts.ts'
import { hashTokens } from './hashed-tokens.ts'
import { createSessions, type Sessions } from './sessions.ts'

export const PASSWORD_MIN = 10
export const PASSWORD_MAX = 256
const SESSION_SECONDS = 30 * 24 * 3_600
const RESET_SECONDS = 3_600
const COOKIE_PREFIX = 'holdfast'
/** Our name for the address of the caller: the library must not read forwarding headers by itself. */
const ADDRESS_HEADER = 'x-holdfast-address'

export type AuthOptions = {
  url: string
  secret: string
  origins: readonly string[]
  secureCookies: boolean
  poolSize?: number
  limits?: Partial<AttemptLimits>
  sendReset: (reset: { personId: string; email: string; name: string; token: string }) => Promise<void>
  onError: (error: Error) => void
}

/** Where a request comes from: its cookies, and the address that our own proxies vouch for. */
export type Caller = { headers: Headers; address: string }

export type SignedIn = {
  state: 'signed_in' | 'second_factor_required'
  personId: string | undefined
  /** Values for `Set-Cookie`. */
  cookies: string[]
}

/** Who you are. Where you may act is asked of our own tables. */
export type Auth = {
  sessions: Sessions
  attempts: Attempts
  /** Throws `conflict` when the address is taken. */
  signUp(input: { name: string; email: string; password: string }, caller: Caller): Promise<SignedIn>
  /** Undoes a sign-up whose workspace could not be made. */
  discard(personId: string): Promise<void>
  signIn(input: { email: string; password: string }, caller: Caller): Promise<SignedIn>
  signOut(caller: Caller): Promise<string[]>
  /** Sends a mail if the address is known; tells the caller nothing either way. */
  requestReset(email: string): Promise<void>
  resetPassword(input: { token: string; password: string }): Promise<void>
  /** Ends every session of the person and opens a new one. Throws `invalid_input` when the present password is wrong. */
  changePassword(input: { current: string; password: string }, caller: Caller): Promise<SignedIn>
  findPerson(email: string): Promise<{ personId: string } | undefined>
  close(): Promise<void>
}

function libraryOptions(options: AuthOptions) {
  return {
    baseURL: options.origins[0] ?? 'http://localhost',
    basePath: '/api/auth',
    secret: options.secret,
    trustedOrigins: [...options.origins],
    telemetry: { enabled: false },
    logger: { disabled: true }, // Its warnings hold addresses of people; what matters reaches us as errors.
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
      resetPasswordTokenExpiresIn: RESET_SECONDS,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({
        user,
        token,
      }: {
        user: { id: string; email: string; name: string }
        token: string
      }) => options.sendReset({ personId: user.id, email: user.email, name: user.name, token }),
    },
    session: {
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
      additionalFields: { tenantId: { type: 'string', required: false, input: false } },
    },
    verification: { storeIdentifier: 'hashed' },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: options.secureCookies,
      database: { generateId: 'uuid' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    plugins: [twoFactor({ issuer: 'Holdfast' })],
  } as const
}

/** One process at a time: two that start at once would make the same tables. */
async function migrateOnce(pool: pg.Pool, work: () => Promise<void>): Promise<void> {
  const lock = await pool.connect()
  try {
    await lock.query(`select pg_advisory_lock(hashtext('holdfast auth'))`)
    await work()
  } finally {
    await lock.query(`select pg_advisory_unlock(hashtext('holdfast auth'))`).catch(() => undefined)
    lock.release()
  }
}

/** The library's option type is mutable and ours is not; it only reads. */
const asLibrary = <T>(options: T) => options as T & Parameters<typeof getMigrations>[0]

/** Its refusals in our words. All that it says of credentials is one sentence, whatever was wrong with them. */
function refusal(error: unknown): Error {
  if (!(error instanceof APIError)) return error as Error
  const code = error.body?.code ?? ''
  if (code.startsWith('USER_ALREADY_EXISTS'))
    return new DomainError('conflict', 'There is an account for this address.')
  if (code === 'INVALID_TOKEN') return new DomainError('invalid_input', 'This link is used up or too old.')
  if (code === 'INVALID_PASSWORD') {
    const errors = [{ path: '/current', code: 'wrong_password', message: 'This is not the present password.' }]
    return new DomainError('invalid_input', 'The present password is wrong.', { errors })
  }
  if (error.statusCode === 401) return new DomainError('unauthenticated', 'The address or the password is wrong.')
  if (error.statusCode === 429) return new DomainError('too_many_requests', 'Too many tries; wait a while.')
  if (error.statusCode < 500) return new DomainError('invalid_input', 'The input is not valid.')
  return error
}

const callerHeaders = ({ headers, address }: Caller) => {
  const passed = new Headers({
    [ADDRESS_HEADER]: address,
    'user-agent': (headers.get('user-agent') ?? '').slice(0, 400),
  })
  const cookie = headers.get('cookie')
  if (cookie !== null) passed.set('cookie', cookie)
  return passed
}

async function orRefuse<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw refusal(error)
  }
}

async function openLibrary(pool: pg.Pool, { options, attempts }: { options: AuthOptions; attempts: Attempts }) {
  const library = libraryOptions(options)
  await migrateOnce(pool, async () => {
    const { runMigrations } = await getMigrations(asLibrary({ ...library, database: pool }))
    await runMigrations()
    await attempts.prepare()
  })
  const adapter = hashTokens(await getAdapter(asLibrary({ ...library, database: pool })))
  return betterAuth({ ...asLibrary(library), database: () => adapter }).api
}

type Parts = { api: Awaited<ReturnType<typeof openLibrary>>; attempts: Attempts }

const signVerbs = ({ api, attempts }: Parts): Pick<Auth, 'signUp' | 'signIn' | 'signOut'> => ({
  async signUp(input, caller) {
    await attempts.count('signUp', networkOf(caller.address))
    const { headers, response } = await orRefuse(
      api.signUpEmail({ body: input, headers: callerHeaders(caller), returnHeaders: true }),
    )
    return { state: 'signed_in', personId: response.user.id, cookies: headers.getSetCookie() }
  },
  async signIn(input, caller) {
    const email = input.email.toLowerCase()
    const network = networkOf(caller.address)
    await attempts.count('signInAddress', network)
    await attempts.count('signInEmail', email)
    await attempts.count('signInPair', `${email}\n${network}`)
    const { headers, response } = await orRefuse(
      api.signInEmail({ body: { ...input, email }, headers: callerHeaders(caller), returnHeaders: true }),
    )
    const cookies = headers.getSetCookie()
    if ('twoFactorRedirect' in response) return { state: 'second_factor_required', personId: undefined, cookies }
    await attempts.clear('signInPair', `${email}\n${network}`)
    return { state: 'signed_in', personId: response.user.id, cookies }
  },
  async signOut(caller) {
    const { headers } = await orRefuse(api.signOut({ headers: callerHeaders(caller), returnHeaders: true }))
    return headers.getSetCookie()
  },
})

const passwordVerbs = ({ api }: Parts): Pick<Auth, 'requestReset' | 'resetPassword' | 'changePassword'> => ({
  async requestReset(email) {
    await orRefuse(api.requestPasswordReset({ body: { email: email.toLowerCase() } }))
  },
  async resetPassword({ token, password }) {
    await orRefuse(api.resetPassword({ body: { token, newPassword: password } }))
  },
  async changePassword({ current, password }, caller) {
    const body = { currentPassword: current, newPassword: password, revokeOtherSessions: true }
    const { headers, response } = await orRefuse(
      api.changePassword({ body, headers: callerHeaders(caller), returnHeaders: true }),
    )
    return { state: 'signed_in', personId: response.user.id, cookies: headers.getSetCookie() }
  },
})

/** Opens sign-in over its own schema and role, and brings its tables up to date. */
export async function createAuth(options: AuthOptions): Promise<Auth> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: Math.max(2, options.poolSize ?? 4),
    options: '-c search_path=auth',
    statement_timeout: 30_000,
    allowExitOnIdle: true,
  })
  pool.on('error', options.onError)
  pool.on('connect', (client) => client.on('error', options.onError)) // A busy connection that breaks tells nobody else.
  const attempts = createAttempts(pool, { ...ATTEMPT_LIMITS, ...options.limits })
  const api = await openLibrary(pool, { options, attempts })
  const prefix = options.secureCookies ? '__Secure-' : ''
  const name = `${prefix}${COOKIE_PREFIX}.session_token`
  return {
    sessions: createSessions(pool, { name, secret: options.secret }),
    attempts,
    ...signVerbs({ api, attempts }),
    ...passwordVerbs({ api, attempts }),
    async discard(personId) {
      await pool.query('delete from "user" where id = $1', [personId])
    },
    async findPerson(email) {
      const { rows } = await pool.query<{ personId: string }>('select id as "personId" from "user" where email = $1', [
        email.toLowerCase(),
      ])
      return rows[0]
    },
    close: () => pool.end(),
  }
}
