import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { createAuth } from '#infra/auth/auth.ts'
import { keyRingFrom } from '#infra/crypto/keyring.ts'
import { createAccessCache } from '#infra/db/access-cache.ts'
import { startBeating } from '#infra/db/beating.ts'
import { createPlatformDb } from '#infra/db/platform.ts'
import { whyNotOnTheseTables } from '#infra/db/schema-changes.ts'
import { wishFirstNumber } from '#infra/db/stores/first-numbers.ts'
import { addSampleFlow } from '#infra/db/stores/sample-flow.ts'
import { createSubjectKeys } from '#infra/db/stores/subject-keys.ts'
import { createDb } from '#infra/db/tx.ts'
import { readEnv, requireSettings } from '#infra/env.ts'
import { logOldTls } from '#infra/http/outbound-tls.ts'
import { createLogger } from '#infra/log.ts'
import { createSmtpSender } from '#infra/mail/mail-sender.ts'
import { createMediaPlace, whyNotInThisPlace } from '#infra/media/media-place.ts'
import { createEraseLedger } from '#infra/privacy/erase-ledger.ts'
import { keepErasedFirst } from '#infra/privacy/keep-erased.ts'
import { createChannelConnections } from '#infra/providers/channel-connections.ts'
import { connectionSettingsOf } from '#infra/providers/connection-settings.ts'
import { createSystemParts } from '#infra/system-parts.ts'
import { upUntil } from '#infra/up-until.ts'
import { houseVersion } from '#infra/version.ts'
import { createTemporalClient } from '#temporal/client.ts'
import { createConnection } from '#temporal/connection.ts'
import { auditLeftActs } from './account-audit.ts'
import { createApp } from './app.ts'
import { createBackground } from './background.ts'
import type { ApiDeps } from './deps.ts'
import { createHttpServer, listen, stopListening, type WebHandler } from './http-server.ts'
import { createEventFeed } from './live/event-feed.ts'
import { createRequestLog } from './request-log.ts'
import { mailReset } from './reset-mail.ts'
import { apiSettings } from './settings.ts'

const ROOT = join(import.meta.dirname, '..')
/** Behind a proxy there may be a large upload under way; a start on one's own machine should end when it is told to. */
const REQUESTS_END_WITHIN_MS = { alone: 6_000, behindProxy: 20_000 }
/** Somebody waits for the answer, and asks again. */
const PATIENCE = { connectMs: 10_000 }
const HOUR_MS = 3_600_000
const MINUTE_MS = 60_000

const env = requireSettings(
  readEnv(),
  ...(['databaseAppUrl', 'databaseRelayUrl', 'databaseAuthUrl', 'rootKey', 'authSecret', 'smtpUrl'] as const),
)
const log = createLogger({ name: 'api', level: env.logLevel })
const version = houseVersion()
const publicUrl = env.publicUrl ?? `http://localhost:${env.appPort}`
const settings = apiSettings(env, { publicUrl, version })
const clock = { nowMs: Date.now }
logOldTls(log, clock.nowMs)
const leaving = new AbortController()
const background = createBackground(log)
const keyRing = keyRingFrom(env.rootKey)
const lost = (error: Error) => log.warn({ err: error }, 'an idle connection to Postgres was lost')
const db = createDb({
  appUrl: env.databaseAppUrl,
  relayUrl: env.databaseRelayUrl,
  poolSize: env.poolSize,
  relayPoolSize: env.relayPoolSize,
  patience: PATIENCE,
  onError: lost,
})
const files = await createMediaPlace(env, keyRing)
const refusal = (await whyNotOnTheseTables(db, log)) ?? (await whyNotInThisPlace(files, log))
if (refusal !== undefined) {
  log.fatal(refusal)
  process.exit(1)
}
const platform =
  env.databasePlatformUrl === undefined
    ? undefined
    : createPlatformDb({ url: env.databasePlatformUrl, patience: PATIENCE, onError: lost })
const mail = createSmtpSender({ url: env.smtpUrl, from: env.mailFrom })
const auth = await createAuth({
  url: env.databaseAuthUrl,
  secret: env.authSecret,
  keyRing,
  origins: settings.origins,
  secureCookies: settings.secureCookies,
  poolSize: env.authPoolSize,
  patience: PATIENCE,
  sendReset: (reset) => mailReset({ db, mail, origin: settings.origins[0]! }, reset),
  onError: lost,
})

const connecting = connectionSettingsOf(env)
const channels = createChannelConnections({ db, keyRing, clock, settings: connecting })
/** Only of numbers that are made up: a pool of real ones is asked once, and whom it has none for connects their own. */
const promisesNumbers = connecting.pool !== undefined && settings.publicConfig.phoneSimulatorUrl !== null
const place = { address: env.temporalAddress ?? '127.0.0.1:7233', namespace: env.temporalNamespace }
const connection = createConnection(place)
const access = settings.remembers
  ? await createAccessCache({
      db,
      nowMs: clock.nowMs,
      onFailure: (err) => log.warn({ err }, 'cannot hear of changed access; it is asked each time'),
    })
  : undefined
const feed = await createEventFeed({ db, sessions: auth.sessions, log })

const requestLog = createRequestLog({ db, log })

const subjectKeys = createSubjectKeys({ db, keyRing, now: clock.nowMs })
const { subjectKeyIdOf } = subjectKeys

const deps: ApiDeps = {
  db,
  subjectKeys,
  auth,
  ...(platform && { platform }),
  keyRing,
  clock,
  log,
  leaving: leaving.signal,
  mail,
  background,
  ...(access && { access }),
  feed,
  requestLog,
  channels,
  settings,
  media: files.store,
  parts: createSystemParts({
    media: files.store,
    freeBytes: async () => (await files.look()).freeBytes,
    smtpUrl: env.smtpUrl,
    now: clock.nowMs,
  }),
  temporal: createTemporalClient(place, { connection, keyRing, subjectKeys, subjectKeyIdOf }),
  provisionWorkspace: [
    async (tx, workspace) => void (await addSampleFlow(tx, workspace)),
    ...(promisesNumbers ? [wishFirstNumber] : []),
  ],
  workspaceReady: async (acting, { name }) => void (await channels.provision(acting, { name })),
}

async function webHandler(): Promise<WebHandler | undefined> {
  const file = join(ROOT, 'build-web', 'handler.js')
  if (!existsSync(file)) return undefined
  return ((await import(pathToFileURL(file).href)) as { handler: WebHandler }).handler
}

const web = await webHandler()
if (web === undefined) log.warn({}, 'the web app is not built; only the API is served')
const app = createApp(deps)
const server = createHttpServer({
  fetch: (request, bindings) => app.fetch(request, bindings),
  ...(web !== undefined && { web }),
  secure: settings.secureCookies,
  leaving: leaving.signal,
})
const forgetting = setInterval(() => background.run('what is over in sign-in', () => auth.forgetOld()), HOUR_MS)
const telling = setInterval(() => background.run('acts of accounts', () => auditLeftActs(deps)), MINUTE_MS)
await keepErasedFirst({ db, keyRing, log, ledger: createEraseLedger(env.dataDir) })
const port = await listen(server, { host: env.appHost, port: env.appPort })
const beating = startBeating({ db, log, kind: 'api' })
log.info({ port, publicUrl }, 'the API is up')

/** In order: word to the proxy, no new requests, the streams, the running requests, what they left, what all of it needs. */
async function stop(): Promise<void> {
  clearInterval(forgetting)
  clearInterval(telling)
  leaving.abort()
  await beating.stop()
  const { drainSeconds } = env
  await pause(drainSeconds * 1_000)
  const stopped = stopListening(server, REQUESTS_END_WITHIN_MS[drainSeconds > 0 ? 'behindProxy' : 'alone'])
  await Promise.all([feed.close(), access?.close()])
  await stopped
  await background.settled()
  await requestLog.close()
  await Promise.all([connection.close(), channels.close()])
  mail.close()
  await Promise.all([auth.close(), platform?.close(), db.close()])
}

upUntil({ env, log }, stop)
