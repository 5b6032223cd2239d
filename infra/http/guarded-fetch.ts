import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { type buildConnector, Client, type Dispatcher } from 'undici'
import {
  type AddressCheck,
  type AddressRules,
  type BlockReason,
  checkAddress,
  type Resolve,
  resolvePublic,
} from './address-guard.ts'
import { outboundConnector } from './outbound-tls.ts'

export { type AddressCheck, type BlockReason, checkAddress } from './address-guard.ts'

export type GuardedRequest = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD'
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  timeoutMs?: number
  bytesMax?: number
  signal?: AbortSignal
  /** Origins that the secrets in `headers` belong to; any other address is refused before it is looked up. */
  onlyOrigins?: readonly string[]
  /** The client's own certificate and key, for those who ask for one. Only ever shown over TLS. */
  tls?: { cert: string; key: string }
}

export type GuardedOutcome =
  | {
      kind: 'response'
      httpStatus: number
      headers: Record<string, string>
      body: Buffer
      /** The answer was longer than allowed; what lies here is its beginning. */
      truncated: boolean
      tookMs: number
    }
  /** Never called: our own rules forbid it. */
  | { kind: 'blocked'; reason: BlockReason | 'other_origin' | 'header' }
  /** Called without a usable answer. `started` says whether the other side may have acted on it. */
  | {
      kind: 'failed'
      reason: FailedReason
      started: boolean
      tookMs: number
      details?: string
      /** It answered, and only its words cannot be read (`encoding`): for those who ask no more than whether it was taken. */
      answered?: { httpStatus: number; headers: Record<string, string> }
    }

export type FailedReason = 'timeout' | 'cancelled' | 'connect' | 'broken' | 'redirect' | 'encoding'

export type GuardOptions = AddressRules & {
  timeoutMs?: number
  bytesMax?: number
  resolve?: Resolve
  /** How a judged address is reached; given by tests that have no public address. */
  dial?: buildConnector.connector
}
export type GuardedFetch = ReturnType<typeof createGuardedFetch>

const TIMEOUT_MS = 15_000
const BYTES_MAX = 64 * 1024
const HEADER_BYTES_MAX = 16 * 1024

/** Headers that decide where a request goes or where it ends. They are ours to write. */
const OWN_HEADERS = new Set(
  'host connection content-length transfer-encoding te trailer upgrade expect keep-alive proxy-connection proxy-authorization'.split(
    ' ',
  ),
)

/**
 * Calls addresses that people typed in. One look-up, every answer judged, the connection goes to a judged address and
 * serves this one request; no redirect is followed, no proxy setting of the environment is read, and time, size and
 * headers are bounded. It never throws for what the other side does.
 */
export function createGuardedFetch(options: GuardOptions = {}) {
  const { allowOrigins = [], resolve, dial } = options
  const timeout = options.timeoutMs ?? TIMEOUT_MS
  const plain = dial ?? outboundConnector({ allowH2: false, timeout })

  async function guardedFetch(address: string, request: GuardedRequest = {}): Promise<GuardedOutcome> {
    const startMs = performance.now()
    const took = () => Math.round(performance.now() - startMs)
    const checked = checkAddress(address, options)
    if (checked.kind === 'blocked') return checked
    const { url } = checked
    if (request.onlyOrigins !== undefined && !request.onlyOrigins.includes(url.origin)) {
      return { kind: 'blocked', reason: 'other_origin' }
    }
    if (Object.keys(request.headers ?? {}).some((name) => OWN_HEADERS.has(name.toLowerCase()))) {
      return { kind: 'blocked', reason: 'header' }
    }
    const deadline = AbortSignal.timeout(request.timeoutMs ?? options.timeoutMs ?? TIMEOUT_MS)
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal])
    const abortedAs = (): FailedReason => (deadline.aborted ? 'timeout' : 'cancelled')

    const connectTo = request.tls === undefined ? plain : outboundConnector({ allowH2: false, timeout, ...request.tls })
    let connect: buildConnector.connector = connectTo
    if (!allowOrigins.includes(url.origin)) {
      const found = await untilAborted(resolvePublic(url, resolve), signal)
      if (found === undefined) return { kind: 'failed', reason: abortedAs(), started: false, tookMs: took() }
      if (found.kind === 'blocked') return found
      connect = pinned(connectTo, found.addresses[0]!)
    }
    const client = new Client(url.origin, { connect, maxHeaderSize: HEADER_BYTES_MAX, pipelining: 0, allowH2: false })
    const bytesMax = request.bytesMax ?? options.bytesMax ?? BYTES_MAX
    try {
      const answer = await dispatchOnce(client, url, { request, bytesMax, signal, abortedAs })
      if (answer.kind === 'failed') return { ...answer, tookMs: took() }
      return await readAnswer(answer, bytesMax, took)
    } finally {
      client.destroy().catch(() => {})
    }
  }

  return { fetch: guardedFetch, checkAddress: (address: string): AddressCheck => checkAddress(address, options) }
}

/** The name stays in the Host header and in TLS; only where the bytes go is fixed. */
function pinned(connectTo: buildConnector.connector, address: string): buildConnector.connector {
  return (options, callback) => connectTo({ ...options, hostname: address }, callback)
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const onAbort = () => resolve(undefined)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

type Answer = { kind: 'answer'; httpStatus: number; headers: Record<string, string>; body: Buffer; truncated: boolean }
type Failed = { kind: 'failed'; reason: FailedReason; started: boolean; details?: string }
type Course = { request: GuardedRequest; bytesMax: number; signal: AbortSignal; abortedAs: () => FailedReason }

function dispatchOnce(client: Client, url: URL, course: Course): Promise<Answer | Failed> {
  const { request, bytesMax, signal, abortedAs } = course
  const { promise, resolve } = Promise.withResolvers<Answer | Failed>()
  let started = false
  const onAbort = () => {
    resolve({ kind: 'failed', reason: abortedAs(), started })
    client.destroy().catch(() => {})
  }
  const chunks: Buffer[] = []
  let sizeBytes = 0
  let answer: Answer | undefined
  const finish = (truncated: boolean) => {
    if (answer !== undefined) resolve({ ...answer, truncated, body: Buffer.concat(chunks).subarray(0, bytesMax) })
  }
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart() {
      started = true
    },
    onResponseStart(_controller, httpStatus, headers) {
      if (httpStatus < 200) return
      answer = { kind: 'answer', httpStatus, headers: flat(headers), body: Buffer.alloc(0), truncated: false }
    },
    onResponseData(controller, chunk) {
      chunks.push(chunk)
      sizeBytes += chunk.length
      if (sizeBytes <= bytesMax) return
      finish(true)
      controller.abort(new Error('answer_too_large'))
    },
    onResponseEnd: () => finish(false),
    onResponseError(_controller, error) {
      const details = 'code' in error && typeof error.code === 'string' ? error.code : error.message.slice(0, 200)
      resolve({ kind: 'failed', reason: started ? 'broken' : 'connect', started, details })
    },
  }
  if (signal.aborted) return Promise.resolve({ kind: 'failed', reason: abortedAs(), started })
  signal.addEventListener('abort', onAbort, { once: true })
  const { method = 'GET', headers = {}, body = null } = request
  try {
    const path = `${url.pathname}${url.search}`
    const own = { 'accept-encoding': 'identity', 'user-agent': 'Holdfast' }
    client.dispatch(
      { path, method, headers: { ...own, ...lowerCased(headers) }, body: body as string | Buffer | null },
      handler,
    )
  } catch (error) {
    resolve({ kind: 'failed', reason: 'connect', started, details: String(error).slice(0, 200) })
  }
  return promise.finally(() => signal.removeEventListener('abort', onAbort))
}

async function readAnswer(answer: Answer, bytesMax: number, took: () => number): Promise<GuardedOutcome> {
  const { httpStatus, headers, body, truncated } = answer
  const failed = { kind: 'failed', started: true } as const
  const unreadable = () =>
    ({ ...failed, reason: 'encoding', answered: { httpStatus, headers }, tookMs: took() }) as const
  if (httpStatus >= 300 && httpStatus < 400 && httpStatus !== 304)
    return { ...failed, reason: 'redirect', tookMs: took() }
  const encoding = headers['content-encoding']?.toLowerCase().trim() ?? 'identity'
  if (encoding === 'identity' || encoding === '' || body.length === 0) {
    return { kind: 'response', httpStatus, headers, body, truncated, tookMs: took() }
  }
  const unpack = Object.hasOwn(UNPACK, encoding) ? UNPACK[encoding] : undefined
  // Half of a packed answer cannot be unpacked, and one packed twice is made to grow.
  if (unpack === undefined || truncated) return unreadable()
  try {
    const unpacked = await unpack(body, { maxOutputLength: bytesMax })
    return { kind: 'response', httpStatus, headers, body: unpacked, truncated: false, tookMs: took() }
  } catch {
    return unreadable()
  }
}

const UNPACK: Readonly<Record<string, (packed: Buffer, bounds: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
}

function flat(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined))
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
