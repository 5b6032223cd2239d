import { join } from 'node:path'
import { z } from 'zod'
import { keyRingFrom } from './crypto/keyring.ts'

/** One thing that whoever runs the house may set. `means` and `otherwise` are sentences of the README's table. */
type Setting = {
  name: string
  group:
    | 'Where it runs'
    | 'Database'
    | 'Temporal'
    | 'Files'
    | 'Ports of the parts that start brings'
    | 'Channels'
    | 'Mail'
    | 'Rest'
  means: string
  /** What holds when it is not set. */
  otherwise: string
  /** The way out, when the value cannot be used. */
  shape: string
  secret?: true
  schema: z.ZodType
}

const port = z.coerce.number().int().min(0).max(65_535)
const PORT = 'a port number between 1 and 65535, or 0 for any free one'
const postgresUrl = z.string().regex(/^postgres(ql)?:\/\/\S+$/)
const POSTGRES_URL = 'an address such as postgres://name:password@127.0.0.1:5432/holdfast'
const httpUrl = z
  .string()
  .regex(/^https?:\/\/[^\s?#]+$/)
  .transform((url) => url.replace(/\/+$/, ''))
const HTTP_URL = 'an address such as https://chat.example.com, without a question mark or a hash'
const hostAndPort = z.string().regex(/^[^\s:/]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/i)
const count = z.coerce.number().int().min(1).max(1_000)
const COUNT = 'a whole number from 1 to 1000'
const rootKey = z.string().refine((text) => {
  try {
    return keyRingFrom(text).keyIds.length > 0
  } catch {
    return false
  }
})
const onOff = z
  .enum(['on', 'off', 'true', 'false', '1', '0', 'yes', 'no'])
  .transform((word) => ['on', 'true', '1', 'yes'].includes(word))
const listOf = (part: RegExp) =>
  z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .refine((entries) => entries.every((entry) => part.test(entry)))
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

export const SETTINGS = {
  dataDir: {
    name: 'HOLDFAST_DATA',
    group: 'Where it runs',
    means: 'The folder that holds everything `npm start` keeps: databases, secrets, media, logs.',
    otherwise: '`.holdfast` in the project',
    shape: 'a path',
    schema: z.string().min(1).optional(),
  },
  publicUrl: {
    name: 'HOLDFAST_PUBLIC_URL',
    group: 'Where it runs',
    means: 'The address under which browsers and providers reach the house.',
    otherwise: '`http://localhost` and the port',
    shape: HTTP_URL,
    schema: httpUrl.optional(),
  },
  appHost: {
    name: 'HOLDFAST_APP_HOST',
    group: 'Where it runs',
    means: 'The interface that the API and the web app listen on.',
    otherwise: '`127.0.0.1`',
    shape: 'an address such as 127.0.0.1 or 0.0.0.0',
    schema: z.string().min(1).default('127.0.0.1'),
  },
  appPort: {
    name: 'HOLDFAST_APP_PORT',
    group: 'Where it runs',
    means: 'The port of the API and the web app.',
    otherwise: '`4700`, or a free one near it',
    shape: PORT,
    schema: port.default(4700),
  },
  drainSeconds: {
    name: 'HOLDFAST_DRAIN_SECONDS',
    group: 'Where it runs',
    means:
      'How long the API, told to end, goes on serving while `/api/v1/health/ready` already says 503: longer than a proxy ' +
      'keeps an idle connection to it.',
    otherwise: '`0`',
    shape: 'a whole number from 0 to 300',
    schema: z.coerce.number().int().min(0).max(300).default(0),
  },
  readyFile: {
    name: 'HOLDFAST_READY_FILE',
    group: 'Where it runs',
    means:
      'A file that dispatcher and worker write when they are up, and take away when they begin to end; for containers.',
    otherwise: 'none is written',
    shape: 'a path',
    schema: z.string().min(1).optional(),
  },
  trustedProxies: {
    name: 'HOLDFAST_TRUSTED_PROXIES',
    group: 'Where it runs',
    means: 'The proxies of yours that stand before it. Only what they add to `X-Forwarded-For` is believed.',
    otherwise: 'none',
    shape: 'addresses or ranges with commas between them, such as 127.0.0.1,10.0.0.0/8',
    schema: listOf(/^[0-9a-f.:]+(\/\d{1,3})?$/i).default([]),
  },
  allowedOrigins: {
    name: 'HOLDFAST_ALLOWED_ORIGINS',
    group: 'Where it runs',
    means: 'Origins of your own network that flows and webhooks may call all the same.',
    otherwise: 'none: only public addresses are called',
    shape: 'origins with commas between them, such as http://crm.internal:8080',
    schema: listOf(/^https?:\/\/[^\s/?#]+$/).default([]),
  },
  databaseUrl: {
    name: 'DATABASE_URL',
    group: 'Database',
    means: 'A PostgreSQL (17.6 or later) to use, as a superuser or as an owner that may create roles.',
    otherwise: 'one is brought up in the data folder',
    shape: POSTGRES_URL,
    secret: true,
    schema: postgresUrl.optional(),
  },
  databaseAppUrl: {
    name: 'HOLDFAST_DATABASE_APP_URL',
    group: 'Database',
    means: 'What the processes use inside one tenant.',
    otherwise: '`npm start` derives it',
    shape: POSTGRES_URL,
    secret: true,
    schema: postgresUrl.optional(),
  },
  databaseRelayUrl: {
    name: 'HOLDFAST_DATABASE_RELAY_URL',
    group: 'Database',
    means: 'What the dispatcher and look-ups use across tenants.',
    otherwise: '`npm start` derives it',
    shape: POSTGRES_URL,
    secret: true,
    schema: postgresUrl.optional(),
  },
  databaseAuthUrl: {
    name: 'HOLDFAST_DATABASE_AUTH_URL',
    group: 'Database',
    means: 'What sign-in uses.',
    otherwise: '`npm start` derives it',
    shape: POSTGRES_URL,
    secret: true,
    schema: postgresUrl.optional(),
  },
  databasePlatformUrl: {
    name: 'HOLDFAST_DATABASE_PLATFORM_URL',
    group: 'Database',
    means: "What the platform's administration uses. Without it there is none.",
    otherwise: '`npm start` derives it',
    shape: POSTGRES_URL,
    secret: true,
    schema: postgresUrl.optional(),
  },
  databaseMigrateUrl: {
    name: 'HOLDFAST_DATABASE_MIGRATE_URL',
    group: 'Database',
    means: 'What migrations use; it owns the tables.',
    otherwise: '`npm start` derives it',
    shape: POSTGRES_URL,
    secret: true,
    schema: postgresUrl.optional(),
  },
  poolSize: {
    name: 'HOLDFAST_POOL_SIZE',
    group: 'Database',
    means: 'Connections that one process holds inside tenants.',
    otherwise: '`10`',
    shape: COUNT,
    schema: count.default(10),
  },
  relayPoolSize: {
    name: 'HOLDFAST_RELAY_POOL_SIZE',
    group: 'Database',
    means: 'Connections that one process holds across tenants.',
    otherwise: '`4`',
    shape: COUNT,
    schema: count.default(4),
  },
  authPoolSize: {
    name: 'HOLDFAST_AUTH_POOL_SIZE',
    group: 'Database',
    means: 'Connections that one process holds for sign-in.',
    otherwise: '`4`',
    shape: COUNT,
    schema: count.default(4),
  },
  temporalAddress: {
    name: 'TEMPORAL_ADDRESS',
    group: 'Temporal',
    means: 'A Temporal server to use, at least 1.29.5 or 1.30.3.',
    otherwise: 'one is brought up',
    shape: 'a host and a port, such as 127.0.0.1:7233',
    schema: hostAndPort.optional(),
  },
  temporalNamespace: {
    name: 'HOLDFAST_TEMPORAL_NAMESPACE',
    group: 'Temporal',
    means: 'The namespace that holds the workflows.',
    otherwise: '`holdfast`',
    shape: 'letters, digits, dots and dashes, at most 200',
    schema: z
      .string()
      .regex(/^[\w.-]{1,200}$/)
      .default('holdfast'),
  },
  temporalUiUrl: {
    name: 'HOLDFAST_TEMPORAL_UI_URL',
    group: 'Temporal',
    means: 'The Temporal UI that run links open.',
    otherwise: 'the one that is brought up',
    shape: HTTP_URL,
    schema: httpUrl.optional(),
  },
  s3Bucket: {
    name: 'HOLDFAST_S3_BUCKET',
    group: 'Files',
    means:
      'A bucket of an object store that speaks S3, in which files lie, sealed. It must be there, and keep no old versions.',
    otherwise: 'files lie, sealed, in the data folder',
    shape: 'the name of a bucket: 3 to 63 small letters, digits, dots and dashes',
    schema: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      .optional(),
  },
  s3Endpoint: {
    name: 'HOLDFAST_S3_ENDPOINT',
    group: 'Files',
    means: 'The address of the object store.',
    otherwise: 'that of AWS in the region',
    shape: 'an address such as https://s3.example.com or http://objects:7070',
    schema: httpUrl.optional(),
  },
  s3Region: {
    name: 'HOLDFAST_S3_REGION',
    group: 'Files',
    means: 'The region of the bucket; `auto` for Cloudflare R2.',
    otherwise: '`us-east-1`',
    shape: 'a name such as eu-central-1 or auto',
    schema: z
      .string()
      .regex(/^[a-z0-9-]{1,60}$/)
      .default('us-east-1'),
  },
  s3AccessKey: {
    name: 'HOLDFAST_S3_ACCESS_KEY',
    group: 'Files',
    means: 'The id of a key that may list, read, write and delete in the bucket.',
    otherwise: 'no bucket can be used',
    shape: 'the id of an access key',
    secret: true,
    schema: z
      .string()
      .regex(/^\S{1,200}$/)
      .optional(),
  },
  s3SecretKey: {
    name: 'HOLDFAST_S3_SECRET_KEY',
    group: 'Files',
    means: 'The secret of that key.',
    otherwise: 'no bucket can be used',
    shape: 'the secret that belongs to the access key',
    secret: true,
    schema: z
      .string()
      .regex(/^\S{1,500}$/)
      .optional(),
  },
  postgresPort: {
    name: 'HOLDFAST_POSTGRES_PORT',
    group: 'Ports of the parts that start brings',
    means: 'PostgreSQL.',
    otherwise: '`4710`, or a free one near it',
    shape: PORT,
    schema: port.default(4710),
  },
  temporalPort: {
    name: 'HOLDFAST_TEMPORAL_PORT',
    group: 'Ports of the parts that start brings',
    means: 'Temporal.',
    otherwise: '`4711`, or a free one near it',
    shape: PORT,
    schema: port.default(4711),
  },
  temporalUiPort: {
    name: 'HOLDFAST_TEMPORAL_UI_PORT',
    group: 'Ports of the parts that start brings',
    means: 'The Temporal UI.',
    otherwise: '`4712`, or a free one near it',
    shape: PORT,
    schema: port.default(4712),
  },
  whatsappSimulatorPort: {
    name: 'HOLDFAST_WHATSAPP_SIMULATOR_PORT',
    group: 'Ports of the parts that start brings',
    means: 'The phone simulator, which stands in for WhatsApp.',
    otherwise: '`4701`, or a free one near it',
    shape: PORT,
    schema: port.default(4701),
  },
  mailSimulatorPort: {
    name: 'HOLDFAST_MAIL_SIMULATOR_PORT',
    group: 'Ports of the parts that start brings',
    means: 'The page that shows the mail that was sent.',
    otherwise: '`4702`, or a free one near it',
    shape: PORT,
    schema: port.default(4702),
  },
  mailSmtpPort: {
    name: 'HOLDFAST_MAIL_SMTP_PORT',
    group: 'Ports of the parts that start brings',
    means: 'The mail server that catches it.',
    otherwise: '`4713`, or a free one near it',
    shape: PORT,
    schema: port.default(4713),
  },
  graphUrl: {
    name: 'HOLDFAST_GRAPH_URL',
    group: 'Channels',
    means: "The base address of Meta's Graph API.",
    otherwise: 'the phone simulator',
    shape: HTTP_URL,
    schema: httpUrl.optional(),
  },
  graphAppSecret: {
    name: 'HOLDFAST_GRAPH_APP_SECRET',
    group: 'Channels',
    means: 'The app secret that signs inbound webhooks.',
    otherwise: 'made at first start, for the simulator',
    shape: 'the secret that the app page of Meta shows',
    secret: true,
    schema: z.string().min(16).optional(),
  },
  graphVerifyToken: {
    name: 'HOLDFAST_GRAPH_VERIFY_TOKEN',
    group: 'Channels',
    means: 'The token with which a webhook subscription is confirmed.',
    otherwise: 'made at first start, for the simulator',
    shape: 'at least 8 characters',
    secret: true,
    schema: z.string().min(8).optional(),
  },
  graphAccessToken: {
    name: 'HOLDFAST_GRAPH_ACCESS_TOKEN',
    group: 'Channels',
    means: 'The token of a system user, with which messages are sent.',
    otherwise: 'made at first start, for the simulator',
    shape: 'at least 8 characters',
    secret: true,
    schema: z.string().min(8).optional(),
  },
  smtpUrl: {
    name: 'SMTP_URL',
    group: 'Mail',
    means: 'The server that takes outgoing mail.',
    otherwise: 'the mail simulator',
    shape: 'an address such as smtps://name:password@mail.example.com:465',
    secret: true,
    schema: z
      .string()
      .regex(/^smtps?:\/\/\S+$/)
      .optional(),
  },
  mailFrom: {
    name: 'HOLDFAST_MAIL_FROM',
    group: 'Mail',
    means: 'The sender of the mail that the house writes.',
    otherwise: '`Holdfast <no-reply@holdfast.localhost>`',
    shape: 'an address such as Support <help@example.com>',
    schema: z
      .string()
      .regex(/^[^<>\r\n]*<?[^\s<>@]+@[^\s<>@]+>?$/)
      .default('Holdfast <no-reply@holdfast.localhost>'),
  },
  rootKey: {
    name: 'HOLDFAST_ROOT_KEY',
    group: 'Rest',
    means:
      'The key of all keys: 32 bytes in base64. Lost, everything encrypted is lost. To change it, name both, the new one ' +
      'first: `k2:…,root:…`; what the old one sealed stays readable.',
    otherwise: 'made at first start, mode 0600 in the data folder',
    shape: 'what `openssl rand -base64 32` prints, or several of them as id:key with commas between them',
    secret: true,
    schema: rootKey.optional(),
  },
  authSecret: {
    name: 'HOLDFAST_AUTH_SECRET',
    group: 'Rest',
    means: 'Signs the cookies of sessions.',
    otherwise: 'made at first start, mode 0600 in the data folder',
    shape: 'at least 32 characters, such as what `openssl rand -base64 32` prints',
    secret: true,
    schema: z.string().min(32).optional(),
  },
  vapidPrivateKey: {
    name: 'HOLDFAST_VAPID_PRIVATE_KEY',
    group: 'Rest',
    means: 'The key by which push services of browsers know the house. Changed, every browser must be allowed again.',
    otherwise: 'made at first start, mode 0600 in the data folder',
    shape: '32 bytes in base64url, such as the private key that `npx web-push generate-vapid-keys` prints',
    secret: true,
    schema: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}$/)
      .optional(),
  },
  demo: {
    name: 'HOLDFAST_DEMO',
    group: 'Rest',
    means: 'Whether `npm start` fills an empty house with two demo businesses.',
    otherwise: '`on`',
    shape: 'on or off',
    schema: onOff.default(true),
  },
  caches: {
    name: 'HOLDFAST_CACHES',
    group: 'Rest',
    means:
      'Whether processes remember for a moment what seldom changes: flows, channels, who may read what. Off, all of it is ' +
      'asked each time, which is for measuring and for hunting a fault.',
    otherwise: '`on`',
    shape: 'on or off',
    schema: onOff.default(true),
  },
  logLevel: {
    name: 'HOLDFAST_LOG_LEVEL',
    group: 'Rest',
    means: 'The least level that is logged.',
    otherwise: '`info`',
    shape: `one of ${LOG_LEVELS.join(', ')}`,
    schema: z.enum(LOG_LEVELS).default('info'),
  },
} as const satisfies Record<string, Setting>

export type SettingKey = keyof typeof SETTINGS
export type Env = { [K in SettingKey]: z.output<(typeof SETTINGS)[K]['schema']> }
export type Source = Readonly<Record<string, string | undefined>>

const KEYS = Object.keys(SETTINGS) as SettingKey[]

/** A setting that cannot be used, or one that is needed and missing. The message says which, and what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/** An empty value counts as not set, as shells and compose files produce them easily. */
function rawValue(source: Source, key: SettingKey): string | undefined {
  const text = source[SETTINGS[key].name]?.trim()
  return text === '' ? undefined : text
}

/** The settings of this process. Reads them all before it complains, so that one run names every wrong one. */
export function readEnv(source: Source = process.env): Env {
  const wrong: string[] = []
  const values: Partial<Record<SettingKey, unknown>> = {}
  for (const key of KEYS) {
    const setting: Setting = SETTINGS[key]
    const raw = rawValue(source, key)
    const parsed = setting.schema.safeParse(raw)
    if (parsed.success) values[key] = parsed.data
    else wrong.push(complaint(setting, raw ?? ''))
  }
  if (wrong.length > 0) throw new SettingsError(wrong.join('\n'))
  return values as Env
}

function complaint(setting: Setting, raw: string): string {
  const shown = setting.secret ? 'has a value that cannot be used' : `is ${JSON.stringify(raw.slice(0, 80))}`
  return `${setting.name} ${shown}. It must be ${setting.shape}. Not set, it is: ${setting.otherwise.replaceAll('`', '')}.`
}

/** Which settings were given from outside, so that what was chosen is told apart from what is merely usual. */
export function givenSettings(source: Source = process.env): ReadonlySet<SettingKey> {
  return new Set(KEYS.filter((key) => rawValue(source, key) !== undefined))
}

export type EnvWith<K extends SettingKey> = Env & { [P in K]: NonNullable<Env[P]> }

/** The same settings, where those that a process cannot do without are certainly there. */
export function requireSettings<K extends SettingKey>(env: Env, ...keys: K[]): EnvWith<K> {
  const missing = keys.filter((key) => env[key] === undefined)
  if (missing.length > 0) {
    const lines = missing.map((key) => `${SETTINGS[key].name} is not set. ${SETTINGS[key].means}`)
    throw new SettingsError(`${lines.join('\n')}\n\`npm start\` sets it for the processes that it starts.`)
  }
  return env as EnvWith<K>
}

/** Settings as the variables that a child process reads; undefined ones are left out. */
export function settingsToEnv(values: Partial<Record<SettingKey, string | number | boolean>>): Record<string, string> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.map(([key, value]) => [
      SETTINGS[key as SettingKey].name,
      typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value),
    ]),
  )
}

/** Where Node keeps what it has compiled: a child that starts anew reads it. Where nothing can be written, it keeps nothing. */
const COMPILE_CACHE = join(import.meta.dirname, '../node_modules/.cache/holdfast/compiled')

/** The environment of a child: ours, with what it must know on top. */
export function childEnv(extra: Record<string, string> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return { NODE_COMPILE_CACHE: COMPILE_CACHE, ...Object.fromEntries(inherited), ...extra }
}

/** A variable that belongs to the machine and not to the house, such as PATH, HOME or CI. */
export function machineVariable(name: string, source: Source = process.env): string | undefined {
  return source[name]?.trim() || undefined
}

/** The README's table of settings, as Markdown. */
export function settingsTable(): string {
  const rows = KEYS.map((key) => SETTINGS[key]).map(
    (setting) => `| \`${setting.name}\` | ${setting.means} | ${setting.otherwise} |`,
  )
  return ['| Setting | What it is | When not set |', '|---|---|---|', ...rows].join('\n')
}
