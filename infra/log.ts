import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino'

export type { Logger } from 'pino'

/**
 * The one list of what never reaches a log: credentials, and what people wrote or are called by. Ids of ours are fine.
 * A new field that holds either belongs here, not into a call of the logger.
 */
export const REDACTED_KEYS = [
  ...['authorization', 'cookie', 'set-cookie', 'x-api-key', 'x-hub-signature-256', 'password', 'secret', 'token'],
  ...['accessToken', 'access_token', 'refreshToken', 'apiKey', 'appSecret', 'verifyToken', 'rootKey', 'signature'],
  ...['phone', 'phoneNumber', 'waId', 'wa_id', 'email', 'externalId', 'displayName', 'profileName'],
  ...['text', 'body', 'caption', 'payload', 'rawBody'],
] as const

const DEPTHS = ['', '*.', '*.*.', '*.*.*.']
const PATHS = REDACTED_KEYS.flatMap((key) => DEPTHS.map((prefix) => pathOf(prefix, key)))

function pathOf(prefix: string, key: string): string {
  return /^\w+$/.test(key) ? `${prefix}${key}` : `${prefix.replace(/\.$/, '')}["${key}"]`
}

/** Errors of drivers carry the address that they were given, and addresses carry passwords. */
export function withoutCredentials(text: string): string {
  return text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1[redacted]@')
}

function serializeError(error: Error): unknown {
  const { type, message, stack, ...rest } = stdSerializers.err(error)
  // A driver's error may quote the row; only what identifies the failure is kept.
  const { code, status } = rest as { code?: unknown; status?: unknown }
  const clean = { type, message: withoutCredentials(message), stack: withoutCredentials(stack) }
  return { ...clean, ...(code === undefined ? {} : { code }), ...(status === undefined ? {} : { status }) }
}

export type LogOptions = { name: string; level?: string; destination?: DestinationStream }

/** A logger that writes JSON lines; one per process, made where its settings are read and handed on from there. */
export function createLogger({ name, level = 'info', destination }: LogOptions): Logger {
  const options = {
    name,
    level,
    redact: { paths: PATHS, censor: '[redacted]' },
    serializers: { err: serializeError, error: serializeError },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  }
  return destination === undefined ? pino(options) : pino(options, destination)
}
