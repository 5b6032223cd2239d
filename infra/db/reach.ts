/**
 * How long a Postgres is waited for that says nothing. One that is cut off without a word (a router that forgot the
 * connection, a primary that has just been replaced) would else hold every connection of a process for a quarter of an hour.
 */
export type Patience = {
  /** For a connection: a new one, or one that others have. */
  connectMs?: number
  /** For an answer. Longer than the time after which Postgres itself gives a statement up. */
  answerMs?: number
  /** For what somebody else holds: whoever waits keeps a connection from all others, and those are few. */
  lockMs?: number
}

const STATEMENT_MS = 30_000

/** Settings of a pool or a connection of `pg`. */
export const reachOf = ({ connectMs = 30_000, answerMs = STATEMENT_MS + 5_000, lockMs = 10_000 }: Patience = {}) => ({
  connectionTimeoutMillis: connectMs,
  query_timeout: answerMs,
  statement_timeout: STATEMENT_MS,
  lock_timeout: lockMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
})

/** Postgres is away, on its way down or up, out of something, or somebody else was first: it may work in a moment. */
const CODES = new Set([
  '25006', // writes nothing: it stands by for another
  '25P03', // waited too long inside a transaction
  '40001', // two changes at once
  '40P01', // each waits for the other
  '53000',
  '53100', // the disk is full
  '53200', // no memory
  '53300', // no connection is left
  '55P03', // a lock was not to be had
  '57014', // took too long
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '58000',
  '58030', // reading or writing failed
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
])

/** The driver gives these no code. */
const WORDS =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired|Client has encountered a connection error|Client was closed)/

/** True for what says nothing about the request: the same one may be answered by and by. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return CODES.has(code) || code.startsWith('08') || WORDS.test(error.message)
}
