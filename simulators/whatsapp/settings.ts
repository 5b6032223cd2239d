import type { Endpoint } from './model.ts'

export type Settings = {
  port: number
  appSecret: string
  verifyToken: string
  accessTokens: string[]
  dataDir: string
  numbersCount: number
  appEndpoint: Endpoint | undefined
  statusDelayMs: number
  autoRead: boolean
}

/** Reads `--name value` and `--name=value`; a name without a value is `true`. */
export function readArguments(argv: readonly string[]): Map<string, string[]> {
  const given = new Map<string, string[]>()
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? ''
    if (!word.startsWith('--')) throw new Error(`unexpected argument ${word}`)
    const [name = '', inline] = word.slice(2).split(/=(.*)/s)
    const next = argv[index + 1]
    const follows = inline === undefined && next !== undefined && !next.startsWith('--')
    if (follows) index += 1
    given.set(name, [...(given.get(name) ?? []), inline ?? (follows ? next : 'true')])
  }
  return given
}

export function readSettings(argv: readonly string[]): Settings {
  const given = readArguments(argv)
  const one = (name: string, fallback?: string): string => {
    const value = given.get(name)?.at(-1) ?? fallback
    if (value === undefined) throw new Error(`--${name} is required`)
    return value
  }
  const verifyToken = one('verify-token')
  const webhook = given.get('webhook')?.at(-1)
  return {
    port: Number(one('port', '0')),
    appSecret: one('app-secret'),
    verifyToken,
    accessTokens: (given.get('access-token') ?? []).flatMap((value) => value.split(',')),
    dataDir: one('data'),
    numbersCount: Number(one('numbers', '6')),
    appEndpoint: webhook === undefined ? undefined : { url: webhook, verifyToken },
    statusDelayMs: Number(one('status-delay-ms', '250')),
    autoRead: given.has('auto-read'),
  }
}
