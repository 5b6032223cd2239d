import { randomBytes } from 'node:crypto'
import { createApp } from '#api/app.ts'
import { createBackground } from '#api/background.ts'
import type { ApiDeps } from '#api/deps.ts'
import { FEATURE_MOUNTS } from '#api/feature-mounts.ts'
import { ROOT_MOUNTS } from '#api/product-mounts.ts'
import { BUILT_IN_PERMISSIONS, BUILT_IN_ROLES, type BuiltInRole } from '#domain/permissions/catalogue.ts'
import { KeyRing } from '#infra/crypto/keyring.ts'
import { createDb, type Db, sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { freshDatabase } from './postgres.ts'

export const ORIGIN = 'http://holdfast.test'
const START_MS = Date.parse('2026-03-02T09:00:00Z')

/** The person is named by a header, where who they are is not what a test is about. */
export const AUTH_BY_HEADER = {
  sessions: {
    read: async (headers: Headers) => {
      const [personId, tenantId] = headers.get('x-test-person')?.split('@') ?? []
      return personId && tenantId ? { sessionId: newId(), personId, tenantId, supportGrantId: null } : undefined
    },
  },
}

export type TestTenant = { tenantId: string; people: Record<BuiltInRole, string>; channelId: string }
export type Answer<T> = { status: number; headers: Headers; body: T }

/** The product's routes over a database of their own, with everything outside it faked. */
export async function openProduct(more: (deps: ApiDeps) => Partial<ApiDeps> = () => ({})) {
  const database = await freshDatabase()
  const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 4, relayPoolSize: 2 })
  const clock = { ms: START_MS, nowMs: () => clock.ms }
  const keyRing = new KeyRing([{ id: 'test', bytes: randomBytes(32) }])
  const quiet = () => undefined
  const log = {
    info: quiet,
    warn: quiet,
    error: (fields: Record<string, unknown>, message: string) => {
      if (fields['code'] === 'internal_error') process.stderr.write(`${message} ${String(fields['err'])}\n`)
    },
  }
  const base = {
    db,
    auth: AUTH_BY_HEADER,
    keyRing,
    clock,
    log,
    background: createBackground(log),
    settings: {
      origins: [ORIGIN],
      trustedProxies: [],
      secureCookies: false,
      publicConfig: { temporalUiUrl: null, temporalNamespace: 'test' },
    },
    provisionWorkspace: [],
  } as unknown as ApiDeps
  const deps: ApiDeps = { ...base, ...more(base) }
  const app = createApp(deps, { api: FEATURE_MOUNTS, root: ROOT_MOUNTS })

  async function request(
    path: string,
    init: { as?: string | undefined; method?: string; body?: BodyInit | null; headers?: Record<string, string> } = {},
  ) {
    return app.request(`/api/v1${path}`, {
      method: init.method ?? 'GET',
      body: init.body ?? null,
      headers: { origin: ORIGIN, ...(init.as === undefined ? {} : { 'x-test-person': init.as }), ...init.headers },
    })
  }

  /** Calls as a member; a body goes as JSON. */
  async function call<T>(as: string, method: string, path: string, json?: unknown): Promise<Answer<T>> {
    const body = json === undefined ? null : JSON.stringify(json)
    const headers: Record<string, string> = json === undefined ? {} : { 'content-type': 'application/json' }
    const response = await request(path, { as, method, body, headers })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : JSON.parse(text)) as T,
    }
  }

  const close = async () => {
    await db.close()
    await database.drop()
  }
  return { database, db, deps, keyRing, clock, app, request, call, close, tenant: () => makeTenant(db) }
}

export type Product = Awaited<ReturnType<typeof openProduct>>

/** Who calls: a member in their role. */
export const as = (tenant: TestTenant, role: BuiltInRole = 'owner'): string =>
  `${tenant.people[role]}@${tenant.tenantId}`

/** A tenant with one person per built-in role and one connected number. */
export async function makeTenant(db: Db): Promise<TestTenant> {
  const tenantId = newId()
  const channelId = newId()
  const people = {} as Record<BuiltInRole, string>
  await db.tenant(tenantId, async (tx) => {
    await tx.run(sql`insert into tenants (id, name) values (${tenantId}, 'Test tenant')`)
    for (const role of BUILT_IN_ROLES) {
      const roleId = newId()
      await tx.run(sql`
        insert into roles (id, tenant_id, key, name, permissions, built_in)
        values (${roleId}, ${tenantId}, ${role}, ${role}, ${[...BUILT_IN_PERMISSIONS[role]]}, true)`)
      people[role] = newId()
      await tx.run(sql`select set_config('app.person', ${people[role]}, true)`)
      await tx.run(sql`
        insert into people (id, email, name) values (${people[role]}, ${`${people[role]}@test.invalid`}, ${`The ${role}`})`)
      await tx.run(sql`
        insert into memberships (id, tenant_id, person_id, role_id) values (${newId()}, ${tenantId}, ${people[role]}, ${roleId})`)
    }
    // From the end of the id, which is random; its beginning is the time, alike for what is made at once.
    const externalId = channelId.replaceAll(/\D/g, '').padStart(15, '1').slice(-15)
    await tx.run(sql`
      insert into channels (id, tenant_id, name, business_account_id, external_id, webhook_key, access_token, app_secret, verify_token)
      values (${channelId}, ${tenantId}, 'Main', ${`9${externalId}`}, ${externalId}, ${newId()}, '\\x00', '\\x00', '\\x00')`)
  })
  return { tenantId, people, channelId }
}
