import { after } from 'node:test'
import type { OpenAPIHono } from '@hono/zod-openapi'
import pg from 'pg'
import { createApp } from '#api/app.ts'
import { type Background, createBackground } from '#api/background.ts'
import type { ApiDeps, AppEnv } from '#api/deps.ts'
import { mailReset } from '#api/reset-mail.ts'
import type { BuiltInRole } from '#domain/permissions/catalogue.ts'
import type { AttemptLimits } from '#infra/auth/attempts.ts'
import { createAuth } from '#infra/auth/auth.ts'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { createPlatformDb } from '#infra/db/platform.ts'
import { createDb } from '#infra/db/tx.ts'
import type { Mail } from '#infra/mail/mail-sender.ts'
import { freshDatabase, type TestDatabase } from '../support/postgres.ts'

export const ORIGIN = 'http://holdfast.test'
export const PASSWORD = 'correct horse battery'

const ROOMY = { max: 100_000, windowSeconds: 900 }
const NO_LIMITS: AttemptLimits = {
  signInPair: ROOMY,
  signInEmail: ROOMY,
  signInAddress: ROOMY,
  secondFactor: ROOMY,
  signUp: ROOMY,
  reset: ROOMY,
}

const PUBLIC_CONFIG: ApiDeps['settings']['publicConfig'] = {
  version: 'test',
  openSignUp: true,
  passwordMin: 10,
  passwordMax: 256,
  temporalUiUrl: null,
  temporalNamespace: 'test',
  phoneSimulatorUrl: null,
  mailSimulatorUrl: null,
}

/** What a browser sends along of what it was given. */
export const cookieOf = ({ cookies }: Pick<Browser, 'cookies'>): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

/** A browser that is signed in: it keeps its cookies and says where its pages come from. */
export class Browser {
  cookies = new Map<string, string>()
  readonly #app: OpenAPIHono<AppEnv>
  tenantId = ''
  personId = ''
  email = ''

  constructor(app: OpenAPIHono<AppEnv>) {
    this.#app = app
  }

  async request(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const cookie = cookieOf(this)
    const response = await this.#app.request(`/api/v1${path}`, {
      method,
      headers: {
        ...(method !== 'GET' && { origin: ORIGIN }),
        ...(cookie !== '' && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (/max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, at))
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return response
  }

  /** The JSON of an answer that must be of a status. */
  async json<T>(status: number, method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.request(method, path, body)
    const text = await response.text()
    if (response.status !== status) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as T
  }
}

export type House = {
  app: OpenAPIHono<AppEnv>
  deps: ApiDeps
  database: TestDatabase
  background: Background
  mails: Mail[]
  logged: { fields: Record<string, unknown>; message: string }[]
  /** Looks behind the walls. */
  admin<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>
  browser(): Browser
  /** A person with a tenant of their own, signed in. */
  owner(tenantName?: string): Promise<Browser>
  /** Somebody who runs the installation, signed in; they own a tenant as well. */
  administrator(): Promise<Browser>
  /** A further member of an owner's tenant, signed in. */
  member(owner: Browser, role: BuiltInRole | string): Promise<Browser>
}

export type HouseOptions = {
  limits?: Partial<AttemptLimits>
  deps?: Partial<ApiDeps>
  mounts?: Parameters<typeof createApp>[1]
}

async function openDeps(database: TestDatabase, { limits, deps: given }: HouseOptions, mails: Mail[]) {
  const logged: House['logged'] = []
  const write = (fields: Record<string, unknown>, message: string) => void logged.push({ fields, message })
  const log = { info: write, warn: write, error: write }
  const mail = { send: async (sent: Mail) => void mails.push(sent), close: () => undefined }
  const keyRing = new KeyRing([generateRootKey('test')])
  const auth = await createAuth({
    url: database.urls.auth,
    secret: 'b1946ac92492d2347c6235b4d2611184',
    keyRing,
    nowMs: () => deps.clock.nowMs(),
    origins: [ORIGIN],
    secureCookies: false,
    limits: { ...NO_LIMITS, ...limits },
    sendReset: (reset) => mailReset({ db: deps.db, mail, origin: ORIGIN }, reset),
    onError: () => undefined,
  })
  const deps: ApiDeps = {
    db: createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 6, relayPoolSize: 2 }),
    auth,
    platform: createPlatformDb({ url: database.urls.platform }),
    keyRing,
    clock: { nowMs: () => Date.now() },
    log,
    mail,
    background: createBackground(log),
    provisionWorkspace: [],
    settings: { origins: [ORIGIN], trustedProxies: [], secureCookies: false, publicConfig: PUBLIC_CONFIG },
    ...given,
  }
  return { deps, logged }
}

/** The whole API on a database of its own, without a socket. Ends with the test file. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const { close, ...house } = await buildHouse(options)
  after(close)
  return house
}

/** The same house for scripts, which end it themselves. */
export async function buildHouse(options: HouseOptions = {}): Promise<House & { close: () => Promise<void> }> {
  const database = await freshDatabase()
  const mails: Mail[] = []
  const { deps, logged } = await openDeps(database, options, mails)
  const { background, db, auth } = deps
  const app = createApp(deps, options.mounts)
  const pool = new pg.Pool({ connectionString: database.adminUrl, max: 2 })
  pool.on('error', () => undefined)
  const close = async () => {
    await background.settled()
    await deps.feed?.close()
    await Promise.all([db.close(), deps.platform?.close(), auth.close(), pool.end()])
    await database.drop()
  }

  let count = 0
  const browser = (email = '') => Object.assign(new Browser(app), { email })
  const owner = async (tenantName = 'Acme') => {
    count += 1
    const made = browser(`owner${count}@house.test`)
    const account = { name: `Owner ${count}`, email: made.email, password: PASSWORD, tenantName }
    await made.json(201, 'POST', '/auth/sign-up', account)
    return knows(made)
  }
  const member = async (inviter: Browser, role: string) => {
    count += 1
    const made = browser(`member${count}@house.test`)
    const { items } = await inviter.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
    const roleId = items.find(({ key }) => key === role)!.id
    await inviter.json(201, 'POST', '/invitations', { email: made.email, roleId })
    await background.settled()
    const token = mails.findLast(({ to }) => to === made.email)!.text.match(/#(\S+)/)![1]
    await made.json(200, 'POST', '/invitations/accept', { token, name: `Member ${count}`, password: PASSWORD })
    return knows(made)
  }
  const admin = async <T extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
    (await pool.query<T>(text, values)).rows
  const administrator = async () => {
    const made = await owner('The platform')
    await admin('insert into platform.administrators (person_id) values ($1)', [made.personId])
    return made
  }
  return { app, deps, database, background, mails, logged, admin, browser, owner, member, administrator, close }
}

async function knows(browser: Browser): Promise<Browser> {
  const me = await browser.json<{ person: { id: string }; tenant: { id: string } }>(200, 'GET', '/me')
  browser.personId = me.person.id
  browser.tenantId = me.tenant.id
  return browser
}
