import { createHmac } from 'node:crypto'
import { Agent, type Dispatcher, type FormData } from 'undici'
import { DomainError } from '#domain/errors.ts'
import { outboundConnector } from '#infra/http/outbound-tls.ts'
import type { CallOptions, SendFailure } from '../message-sender.ts'
import { parseJson, readFailure, type SendResult } from './failures.ts'
import { exchange } from './transport.ts'

export type GraphOptions = {
  /** `https://graph.facebook.com`, or where a stand-in listens. */
  baseUrl: string
  /** With the letter: `v25.0`. */
  version: string
  accessToken: string
  /** Signs each call (`appsecret_proof`): the provider then refuses a token that was stolen, and a secret that is not the app's. */
  appSecret?: string
  /** Shared by all clients of a process, so that connections are kept. */
  dispatcher?: Dispatcher
}

/** A Graph call that did not work, with what is known about why. `failure` is absent when the outcome is unknown. */
export class GraphError extends DomainError {
  readonly failure: SendFailure | undefined

  constructor(result: SendResult, method: string) {
    const failure = failureOf(result, method)
    const code = failure?.errorCode ?? 'provider_outcome_unknown'
    const words = [failure?.title, failure?.details].filter((word) => word !== undefined).join(': ')
    const fallback = result.kind === 'broken' ? result.reason : `HTTP ${result.httpStatus}`
    super(code, words || fallback, failure?.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs })
    this.name = 'GraphError'
    this.failure = failure
  }
}

/** Reading twice does no harm, so for GET a broken exchange is only an outage. */
function failureOf(result: SendResult, method: string): SendFailure | undefined {
  const outage: SendFailure = { class: 'backoff', scope: 'account', errorCode: 'provider_unavailable' }
  if (result.kind === 'broken') {
    return result.started && method !== 'GET' ? undefined : { ...outage, details: result.reason }
  }
  const { httpStatus, body, retryAfterMs } = result
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs }
  const told = readFailure(parseJson(body), httpStatus)
  if (told !== undefined) return { ...told, ...wait }
  if (httpStatus === 429) return { ...outage, class: 'slow', errorCode: 'provider_throttled', httpStatus, ...wait }
  if (httpStatus >= 300 && httpStatus < 500) {
    return { class: 'fix', scope: 'account', errorCode: 'provider_rejected', httpStatus }
  }
  return method === 'GET' ? { ...outage, httpStatus, ...wait } : undefined
}

const CONNECT_TIMEOUT_MS = 10_000

/** HTTP/1.1 only: with streams of HTTP/2 it could not be told which request had left when a connection breaks. */
export function createGraphAgent(options: Agent.Options = {}): Agent {
  const connect = outboundConnector({ timeout: CONNECT_TIMEOUT_MS, allowH2: false })
  return new Agent({ connections: 128, connect, allowH2: false, maxHeaderSize: 65_536, ...options })
}

const CALL_TIMEOUT_MS = 30_000
const ID = /^[A-Za-z0-9_=:-]{1,256}$/

export type GraphCall = CallOptions & {
  query?: Record<string, string | undefined>
  json?: unknown
  form?: FormData
}
export type Graph = ReturnType<typeof createGraph>

/** The plumbing that all calls share: address, credentials, limits and errors. */
export function createGraph({
  baseUrl,
  version,
  accessToken,
  appSecret,
  dispatcher = createGraphAgent(),
}: GraphOptions) {
  const base = new URL(baseUrl)
  const prefix = `${base.pathname.replace(/\/+$/, '')}/${version}`
  const authorization = `Bearer ${accessToken}`
  const proof = appSecret === undefined ? undefined : createHmac('sha256', appSecret).update(accessToken).digest('hex')

  /** The raw exchange, for the one call that must tell apart how it broke. */
  function send(method: 'GET' | 'POST' | 'DELETE', path: string, call: GraphCall = {}): Promise<SendResult> {
    const { query = {}, json, form, timeoutMs = CALL_TIMEOUT_MS, signal } = call
    const given = Object.entries({ ...query, appsecret_proof: proof }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    )
    const search = given.length === 0 ? '' : `?${new URLSearchParams(given)}`
    const body = json === undefined ? form : JSON.stringify(json)
    return exchange(dispatcher, {
      origin: base.origin,
      path: `${prefix}${path}${search}`,
      method,
      headers: { authorization, accept: 'application/json', ...(json === undefined ? {} : JSON_TYPE) },
      ...(body === undefined ? {} : { body }),
      timeoutMs,
      signal,
    })
  }

  /** A call that either gives the parsed answer or throws a GraphError. */
  async function call(method: 'GET' | 'POST' | 'DELETE', path: string, options?: GraphCall): Promise<unknown> {
    const result = await send(method, path, options)
    if (result.kind === 'broken' || result.httpStatus < 200 || result.httpStatus >= 300) {
      throw new GraphError(result, method)
    }
    const parsed = parseJson(result.body)
    if (parsed === undefined) throw new GraphError(result, method)
    return parsed
  }

  return { base, authorization, dispatcher, send, call }
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Ids become part of a path, so nothing that could change the path is taken for one. */
export function idPath(id: string): string {
  if (!ID.test(id)) throw new DomainError('invalid_input', 'This cannot be an id of the provider.')
  return `/${id}`
}
