import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { getRequestListener } from '@hono/node-server'
import { createApp } from '#api/app.ts'
import type { ApiDeps } from '#api/deps.ts'
import { ROOT_MOUNTS } from '#api/product-mounts.ts'
import { KeyRing } from '#infra/crypto/keyring.ts'
import { createDb, type Db, sql } from '#infra/db/tx.ts'
import { childEnv, settingsToEnv } from '#infra/env.ts'
import { newId } from '#infra/ids.ts'
import { sealChannelSecret } from '#infra/providers/channel-secrets.ts'
import { freshDatabase } from './postgres.ts'
import { freshNamespace, type TestTemporal } from './temporal.ts'

const ROOT = join(import.meta.dirname, '../..')
const SECRETS = { appSecret: 'app-secret', verifyToken: 'verify-token', accessToken: 'access-token' }

export type SimulatorSend = {
  n: number
  at: number
  phoneNumberId: string
  to: string
  body: Record<string, unknown>
  id: string
  callbackData?: string
}
export type Engine = Awaited<ReturnType<typeof startEngine>>

export type EngineOptions = {
  processes?: boolean
  /** A server of one's own instead of the one that all suites share. */
  temporal?: TestTemporal
  /** Where our processes find Temporal, when that is not where it is: a proxy that can be cut. */
  temporalAddress?: (address: string) => Promise<string>
  /** Origins beside the simulator that flows may call. */
  origins?: readonly string[]
  /** Where our processes find a mail server; without one they have none. */
  smtpUrl?: string
  /** Whatever else our processes are told. */
  settings?: Parameters<typeof settingsToEnv>[0]
}

/** Everything a message passes, for tests: Postgres, Temporal, the simulator, webhooks, dispatcher and worker. */
export async function startEngine(options: EngineOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-engine-'))
  const [database, temporal] = await Promise.all([freshDatabase(), options.temporal ?? freshNamespace()])
  const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 8 })
  const rootKey = randomBytes(32)
  const keyRing = new KeyRing([{ id: 'root', bytes: rootKey }])
  const webhooks = await serveWebhooks(db, keyRing)
  const simulator = await startSimulator(folder)
  const env = childEnv(
    settingsToEnv({
      dataDir: folder,
      databaseAppUrl: database.urls.app,
      databaseRelayUrl: database.urls.relay,
      temporalAddress: (await options.temporalAddress?.(temporal.address)) ?? temporal.address,
      temporalNamespace: temporal.namespace,
      rootKey: rootKey.toString('base64'),
      graphUrl: simulator.url,
      publicUrl: webhooks.url,
      ...(options.smtpUrl !== undefined && { smtpUrl: options.smtpUrl }),
      allowedOrigins: [simulator.url, ...(options.origins ?? [])].join(','),
      logLevel: 'warn',
      ...options.settings,
    }),
  )
  const processes = new Map<string, ChildProcess>()

  /** Starts one of our processes; its log lies in the engine's folder. */
  async function start(name: 'dispatcher' | 'worker', as: string = name): Promise<ChildProcess> {
    const log = openSync(join(folder, `${as}.log`), 'a')
    const entry = name === 'worker' ? 'worker/main.ts' : 'worker/dispatcher.ts'
    const child = spawn(process.execPath, [entry], { cwd: ROOT, env, stdio: ['ignore', log, log, 'ipc'] })
    processes.set(as, child)
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error(`${as} ended at start; see ${folder}/${as}.log`))),
    ])
    return child
  }

  if (options.processes !== false) {
    await Promise.all([start('dispatcher'), start('worker')]).catch((error: unknown) => {
      // What runs beside them would keep the process of a test alive that has failed before it began.
      simulator.child.kill('SIGTERM')
      webhooks.server.close()
      throw error
    })
  }

  return {
    db,
    database,
    temporal,
    keyRing,
    simulator,
    folder,
    processes,
    start,
    webhookUrl: webhooks.url,
    /** A tenant with one connected number of the simulator. */
    async tenant(settings: Record<string, unknown> = {}) {
      return makeTenant({ db, keyRing, webhookUrl: webhooks.url, simulator, settings })
    },
    /** What the processes complained about. */
    complaints: () => [...processes.keys()].map((name) => readFileSync(join(folder, `${name}.log`), 'utf8')).join(''),
    async stop() {
      for (const child of processes.values()) {
        child.kill('SIGTERM')
        // One that a test has stopped hears nothing before it goes on.
        child.kill('SIGCONT')
      }
      await Promise.all(
        [...processes.values()].map((child) =>
          child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null,
        ),
      )
      simulator.child.kill('SIGTERM')
      await new Promise((resolve) => webhooks.server.close(resolve))
      await db.close()
      await database.drop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function serveWebhooks(db: Db, keyRing: KeyRing): Promise<{ url: string; server: Server }> {
  const quiet = () => undefined
  const deps = {
    db,
    keyRing,
    clock: { nowMs: Date.now },
    log: { info: quiet, warn: quiet, error: quiet },
    settings: {
      origins: ['http://holdfast.test'],
      trustedProxies: [],
      secureCookies: false,
      version: '0',
      openSignUp: false,
      publicConfig: { temporalUiUrl: null, temporalNamespace: 'test' },
    },
    provisionWorkspace: [],
  } as unknown as ApiDeps
  const app = createApp(deps, { api: [], root: ROOT_MOUNTS })
  const server = createServer(getRequestListener(app.fetch))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, server }
}

async function startSimulator(folder: string) {
  const args = ['--port', '0', '--data', join(folder, 'whatsapp'), '--app-secret', SECRETS.appSecret]
  const rest = ['--verify-token', SECRETS.verifyToken, '--access-token', SECRETS.accessToken, '--status-delay-ms', '20']
  // A number per tenant, and a tenant per test.
  const numbers = ['--numbers', '40']
  const child = spawn(process.execPath, ['simulators/whatsapp/main.ts', ...args, ...rest, ...numbers], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const [line] = (await once(lines, 'line')) as [string]
  const { listening: url } = JSON.parse(line) as { listening: string }

  async function control<T>(path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}/control${path}`, {
      ...(body === undefined
        ? {}
        : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }

  return {
    url,
    child,
    control,
    /** The customer writes. */
    async says(person: string, to: string, message: Record<string, unknown> | string): Promise<string> {
      const body = typeof message === 'string' ? { type: 'text', text: { body: message } } : message
      return (await control<{ id: string }>(`/phones/${person}/messages`, { to, message: body })).id
    },
    async log(after = 0): Promise<SimulatorSend[]> {
      return (await control<{ entries: SimulatorSend[] }>(`/log?after=${after}&limit=10000`)).entries
    },
  }
}

type TenantDeps = {
  db: Db
  keyRing: KeyRing
  webhookUrl: string
  simulator: Awaited<ReturnType<typeof startSimulator>>
  settings: Record<string, unknown>
}

let taken = 0

async function makeTenant({ db, keyRing, webhookUrl, simulator, settings }: TenantDeps) {
  const tenantId = newId()
  const channelId = newId()
  const webhookKey = randomBytes(12).toString('hex')
  const { numbers } = await simulator.control<{ numbers: { id: string; wabaId: string }[] }>('/state')
  const number = numbers[taken++ % numbers.length]!
  const seal = (secret: 'access_token' | 'app_secret' | 'verify_token', text: string) =>
    sealChannelSecret(keyRing, { tenantId, channelId, secret }, text)
  await db.tenant(tenantId, async (tx) => {
    await tx.run(
      sql`insert into tenants (id, name, settings) values (${tenantId}, 'Test', ${JSON.stringify(settings)})`,
    )
    await tx.run(sql`
      insert into channels (id, tenant_id, name, business_account_id, external_id, webhook_key, access_token, app_secret,
        verify_token, messages_per_second)
      values (${channelId}, ${tenantId}, 'Number', ${number.wabaId}, ${number.id}, ${webhookKey},
        ${seal('access_token', SECRETS.accessToken)}, ${seal('app_secret', SECRETS.appSecret)},
        ${seal('verify_token', SECRETS.verifyToken)}, 1000)`)
  })
  const callback = {
    override_callback_uri: `${webhookUrl}/webhooks/whatsapp/${webhookKey}`,
    verify_token: SECRETS.verifyToken,
  }
  const graph = async (path: string, body: object) => {
    const answer = await fetch(`${simulator.url}/v25.0/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRETS.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`the simulator refused ${path}: ${await answer.text()}`)
  }
  await graph(`${number.wabaId}/subscribed_apps`, {})
  await graph(number.id, { webhook_configuration: callback })

  return {
    tenantId,
    channelId,
    phoneNumberId: number.id,
    webhookKey,
    read: <T>(
      statement: Parameters<Db['tenant']>[1] extends (tx: infer X) => unknown ? (tx: X) => Promise<T> : never,
    ) => db.tenant(tenantId, statement),
    /** Publishes and switches on a flow. */
    async flow(
      definition: Record<string, unknown>,
      priority = 100,
    ): Promise<{ flowId: string; flowVersionId: string }> {
      const flowId = newId()
      const flowVersionId = newId()
      await db.tenant(tenantId, async (tx) => {
        await tx.run(sql`
          insert into flows (id, tenant_id, name, enabled, priority, draft, published_version_id)
          values (${flowId}, ${tenantId}, 'Flow', true, ${priority}, ${JSON.stringify(definition)}, ${flowVersionId})`)
        await tx.run(sql`
          insert into flow_versions (id, tenant_id, flow_id, number, definition)
          values (${flowVersionId}, ${tenantId}, ${flowId}, 1, ${JSON.stringify(definition)})`)
      })
      return { flowId, flowVersionId }
    },
  }
}

/** Waits for a condition, for as long as a slow machine may need; says what it waited for. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  withinMs = 20_000,
): Promise<T> {
  const endMs = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (Date.now() > endMs) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
