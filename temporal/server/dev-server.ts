/** What the development server is started with; see the README beside this file for the why of each figure. */
export type DevServerOptions = {
  port: number
  /** Not given: no UI. */
  uiPort?: number | undefined
  namespace: string
  /** Not given: everything is in memory. */
  dbFile?: string | undefined
  searchAttributes: readonly { name: string; type: string }[]
  /** Where the UI may ask for payloads in clear; it sends the reader's own sign-in along. */
  codecEndpoint?: string | undefined
  dynamicConfig?: Readonly<Record<string, string | number | boolean>>
}

/** How long closed runs stay in Temporal. Our own run page is complete without them. */
export const RETENTION_DAYS = 30

/** Oldest servers without a known hole: 1.29.5 of that line, else 1.30.3. */
export function isServerTooOld(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  if (major !== 1) return major < 1
  if (minor === 29) return patch < 5
  if (minor === 30) return patch < 3
  return minor < 29
}

const DYNAMIC_CONFIG = {
  'matching.useNewMatcher': true,
  'matching.enableFairness': true,
  // Searches see a new attribute at once instead of after a minute.
  'system.forceSearchAttributesCacheRefreshOnRead': true,
} as const

export function devServerArgs(options: DevServerOptions): string[] {
  const { port, uiPort, namespace, dbFile, searchAttributes, codecEndpoint } = options
  const config = { ...DYNAMIC_CONFIG, ...options.dynamicConfig }
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--namespace', namespace],
    ...['--log-level', 'warn', '--log-format', 'json', '--color', 'never'],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)]),
    ...(uiPort === undefined || codecEndpoint === undefined ? [] : ['--ui-codec-endpoint', codecEndpoint]),
    ...(dbFile === undefined ? [] : ['--db-filename', dbFile]),
    ...(dbFile === undefined ? [] : ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL']),
    ...searchAttributes.flatMap(({ name, type }) => ['--search-attribute', `${name}=${cliType(type)}`]),
    ...Object.entries(config).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${JSON.stringify(value)}`]),
  ]
}

/** KEYWORD_LIST, as the SDK says it, is KeywordList on the command line. */
function cliType(type: string): string {
  return type
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
