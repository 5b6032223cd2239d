import { AsyncLocalStorage } from 'node:async_hooks'
import { betterAuth } from 'better-auth'
import { APIError } from 'better-auth/api'
import { getAdapter } from 'better-auth/db/adapter'
import { getMigrations } from 'better-auth/db/migration'
import pg from 'pg'
import { DomainError } from '#domain/errors.ts'
import { passwordFault } from '#domain/people/password-rules.ts'
import type { SecondFactor } from '#domain/people/second-factor.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { hashToken } from '#infra/crypto/tokens.ts'
import { type Patience, reachOf } from '#infra/db/reach.ts'
import { type AccountActs, createAccountActs } from './account-acts.ts'
import { ATTEMPT_LIMITS, type AttemptLimits, type Attempts, createAttempts, networkOf } from './attempts.ts'
import { type Ceremonies, createCeremonies } from './ceremonies.ts'
import { createDevices, type Devices } from './devices.ts'
import { evenLookUps } from './even-look-ups.ts'
import { hashTokens } from './hashed-tokens.ts'
import { librarySessions } from './library-sessions.ts'
import { createPasskeys, type Passkeys } from './passkeys.ts'
import { createSecondFactors, type SecondFactors } from './second-factors.ts'
import { createSecondStep, type SecondStep } from './second-step.ts'
import { createSessions, type Sessions } from './sessions.ts'
import { AUTH_TABLES, FORGET_OLD } from './tables.ts'

export const PASSWORD_MIN = 10
export const PASSWORD_MAX = 256
const SESSION_SECONDS = 30 * 24 * 3_600
const RESET_SECONDS = 3_600
const COOKIE_PREFIX = 'holdfast'
/** Our name for the address of the caller: the library must not read forwarding headers by itself. */
const ADDRESS_HEADER = 'x-holdfast-address'

/** Whose password is being reset: the library tells it to its hook only, and takes none per call. */
const RESETS = new AsyncLocalStorage<{ personId?: string }>()

export type AuthOptions = {
  url: string
  secret: string
  /** Seals the secrets of authenticator apps. */
  keyRing: KeyRing
  origins: readonly string[]
  secureCookies: boolean
  poolSize?: number
  patience?: Patience
  limits?: Partial<AttemptLimits>
  /** The clock that codes of authenticator apps are judged by; tests bring their own. */
  nowMs?: () => number
  sendReset: (reset: { personId: string; email: string; name: string; token: string }) => Promise<void>
  onError: (error: Error) => void
}

/** Where a request comes from: its cookies, and the address that our own proxies vouch for. */
export type Caller = { headers: Headers; address: string }

export type SignedIn = {
  state: 'signed_in' | 'second_factor_required'
  personId: string | undefined
  /** How the second factor may be proven, where one is asked for. */
  methods: SecondFactor[]
  /** Values for `Set-Cookie`. */
  cookies: string[]
}

/** Who you are. Where you may act is asked of our own tables. */
export type Auth = {
  sessions: Sessions
  acts: AccountActs
  attempts: Attempts
  factors: SecondFactors
  passkeys: Passkeys
  secondStep: SecondStep
  devices: Devices
  /** Throws `conflict` when the address is taken. */
  signUp(input: { name: string; email: string; password: string }, caller: Caller): Promise<SignedIn>
  /** Undoes a sign-up whose workspace could not be made. */
  discard(personId: string): Promise<void>
  signIn(input: { email: string; password: string }, caller: Caller): Promise<SignedIn>
  signOut(caller: Caller): Promise<string[]>
  /** Sends a mail if the address is known; tells the caller nothing either way. */
  requestReset(email: string): Promise<void>
  /** @returns whose password it was: the token alone says so. */
  resetPassword(input: { token: string; password: string }): Promise<{ personId: string }>
  /** Ends every session of the person and opens a new one. Throws `invalid_input` when the present password is wrong. */
  changePassword(
    input: { current: string; password: string; own?: readonly string[] },
    caller: Caller,
  ): Promise<SignedIn>
  findPerson(email: string): Promise<{ personId: string } | undefined>
  /** Clears away tries, waits and challenges that are over. */
  forgetOld(): Promise<void>
  close(): Promise<void>
}

/** What the library's own acts leave in our tables. */
type Noting = { ceremonies: Ceremonies; acts: AccountActs }

function libraryOptions(options: AuthOptions, { ceremonies, acts }: Noting) {
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
      onPasswordReset: async ({ user }: { user: { id: string } }) => {
        const reset = RESETS.getStore()
        if (reset !== undefined) reset.personId = user.id
        await acts.wasReset(user.id)
        await ceremonies.dropPending(user.id)
      },
    },
    session: {
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
      additionalFields: {
        tenantId: { type: 'string', required: false, input: false },
        lastUsedAt: { type: 'date', required: false, input: false },
        confirmedAt: { type: 'date', required: false, input: false },
        supportGrantId: { type: 'string', required: false, input: false },
      },
    },
    verification: { storeIdentifier: 'hashed' },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: options.secureCookies,
      database: { generateId: 'uuid' },
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
    },
    plugins: [librarySessions()],
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

const FAULTS = {
  password_common: 'This password is in every list of stolen ones.',
  password_personal: 'This password says little more than your name or address.',
} as const

/** Length is a matter of the contract; this is about passwords that thieves try first. */
function assertGoodPassword(password: string, own: readonly string[] = []): void {
  const fault = passwordFault(password, own)
  if (fault === undefined) return
  const errors = [{ path: '/password', code: fault, message: FAULTS[fault] }]
  throw new DomainError('invalid_input', FAULTS[fault], { errors })
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

async function openLibrary(pool: pg.Pool, options: AuthOptions, noting: Noting) {
  const library = libraryOptions(options, noting)
  await migrateOnce(pool, async () => {
    const { runMigrations } = await getMigrations(asLibrary({ ...library, database: pool }))
    await runMigrations()
    await pool.query(AUTH_TABLES)
  })
  const adapter = evenLookUps(hashTokens(await getAdapter(asLibrary({ ...library, database: pool }))))
  const { api } = betterAuth({ ...asLibrary(library), database: () => adapter })
  // The plugin is in the options above; their type, once mutable, no longer tells.
  return api as typeof api & ReturnType<typeof librarySessions>['endpoints']
}

type Api = Awaited<ReturnType<typeof openLibrary>>
type Parts = { pool: pg.Pool; api: Api; attempts: Attempts; ceremonies: Ceremonies; secondStep: SecondStep }

const signVerbs = ({ pool, api, attempts, secondStep }: Parts): Pick<Auth, 'signUp' | 'signIn' | 'signOut'> => ({
  async signUp(input, caller) {
    assertGoodPassword(input.password, [input.name, input.email])
    await attempts.count('signUp', networkOf(caller.address))
    const { headers, response } = await orRefuse(
      api.signUpEmail({ body: input, headers: callerHeaders(caller), returnHeaders: true }),
    )
    return { state: 'signed_in', personId: response.user.id, methods: [], cookies: headers.getSetCookie() }
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
    const personId = response.user.id
    const methods = await secondStep.methodsOf(personId)
    await attempts.clear('signInPair', `${email}\n${network}`)
    if (methods.length === 0) return { state: 'signed_in', personId, methods, cookies: headers.getSetCookie() }
    // The session that the password alone has opened goes before anybody has seen its token.
    await pool.query('delete from session where token = $1', [hashToken(response.token ?? '')])
    return { state: 'second_factor_required', personId, methods, cookies: await secondStep.wait(personId) }
  },
  async signOut(caller) {
    const { headers } = await orRefuse(api.signOut({ headers: callerHeaders(caller), returnHeaders: true }))
    return headers.getSetCookie()
  },
})

const passwordVerbs = ({
  api,
  ceremonies,
}: Parts): Pick<Auth, 'requestReset' | 'resetPassword' | 'changePassword'> => ({
  async requestReset(email) {
    await orRefuse(api.requestPasswordReset({ body: { email: email.toLowerCase() } }))
  },
  async resetPassword({ token, password }) {
    assertGoodPassword(password)
    const reset: { personId?: string } = {}
    await orRefuse(RESETS.run(reset, () => api.resetPassword({ body: { token, newPassword: password } })))
    return { personId: reset.personId! }
  },
  async changePassword({ current, password, own = [] }, caller) {
    assertGoodPassword(password, own)
    const body = { currentPassword: current, newPassword: password, revokeOtherSessions: true }
    const { headers, response } = await orRefuse(
      api.changePassword({ body, headers: callerHeaders(caller), returnHeaders: true }),
    )
    await ceremonies.dropPending(response.user.id)
    return { state: 'signed_in', personId: response.user.id, methods: [], cookies: headers.getSetCookie() }
  },
})

/** The two things of the second step that only the library can do. */
const libraryVerbs = (api: Api) => ({
  async openSession(personId: string, caller: Caller): Promise<string[]> {
    const { headers } = await orRefuse(
      api.openSession({ body: { personId }, headers: callerHeaders(caller), returnHeaders: true }),
    )
    return headers.getSetCookie()
  },
  async checkPassword(personId: string, password: string): Promise<boolean> {
    return (await orRefuse(api.checkPassword({ body: { personId, password } }))).fits
  },
})

/** Opens sign-in over its own schema and role, and brings its tables up to date. */
export async function createAuth(options: AuthOptions): Promise<Auth> {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: Math.max(2, options.poolSize ?? 4),
    options: '-c search_path=auth',
    ...reachOf(options.patience),
    allowExitOnIdle: true,
  })
  pool.on('error', options.onError)
  pool.on('connect', (client) => client.on('error', options.onError)) // A busy connection that breaks tells nobody else.
  const attempts = createAttempts(pool, { ...ATTEMPT_LIMITS, ...options.limits })
  const ceremonies = createCeremonies(pool)
  const acts = createAccountActs(pool)
  const api = await openLibrary(pool, options, { ceremonies, acts })
  const { keyRing, origins, secret, secureCookies: secure, nowMs = Date.now } = options
  const sessions = createSessions(pool, { name: `${secure ? '__Secure-' : ''}${COOKIE_PREFIX}.session_token`, secret })
  const factors = createSecondFactors(pool, { keyRing, nowMs })
  const passkeys = createPasskeys(pool, { origins, ceremonies })
  const { revokeAll } = sessions
  const devices = createDevices(pool, { secure })
  const given = { attempts, ceremonies, factors, passkeys, secure, revokeAll }
  const secondStep = createSecondStep({ ...given, ...libraryVerbs(api) })
  const parts: Parts = { pool, api, attempts, ceremonies, secondStep }
  return {
    ...{ sessions, acts, attempts, factors, passkeys, secondStep, devices },
    ...signVerbs(parts),
    ...passwordVerbs(parts),
    async discard(personId) {
      await pool.query('delete from "user" where id = $1', [personId])
    },
    async findPerson(email) {
      const { rows } = await pool.query<{ personId: string }>('select id as "personId" from "user" where email = $1', [
        email.toLowerCase(),
      ])
      return rows[0]
    },
    async forgetOld() {
      await attempts.forgetOld()
      await pool.query(FORGET_OLD)
    },
    close: () => pool.end(),
  }
}
