import { ApiProblem, problemFrom } from './problem.ts'

const PREFIX = '/api/v1'
type Query = Record<string, string | number | boolean | null | undefined>
/** Asks a person to show again that it is them; true when they did. The shell sets it, in the browser only. */
let askConfirmation: (() => Promise<boolean>) | undefined

/** Call inside `$effect`: the returned function takes it back. */
export function onConfirmation(ask: () => Promise<boolean>): () => void {
  askConfirmation = ask
  return () => {
    askConfirmation = undefined
  }
}

type Call = { query?: Query; body?: unknown; signal?: AbortSignal; idempotencyKey?: string }

export function apiUrl(path: string, query: Query = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === null || value === '' || value === false) continue
    search.set(name, String(value))
  }
  const text = search.toString()
  return `${PREFIX}${path}${text ? `?${text}` : ''}`
}

async function call<T>(method: string, path: string, { query, body, signal, idempotencyKey }: Call = {}): Promise<T> {
  const headers = new Headers({ accept: 'application/json' })
  const isForm = body instanceof FormData
  if (body !== undefined && !isForm) headers.set('content-type', 'application/json')
  if (method === 'POST') headers.set('idempotency-key', idempotencyKey ?? crypto.randomUUID())
  const init: RequestInit = { method, headers, credentials: 'same-origin' }
  if (signal) init.signal = signal
  if (body !== undefined) init.body = isForm ? body : JSON.stringify(body)

  return send<T>(apiUrl(path, query), init)
}

async function send<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause
    throw new ApiProblem('unavailable', 'No answer came.', { status: 0, offline: true, cause })
  })
  if (response.status === 204) return undefined as T
  const text = await response.text()
  const parsed = parseJson(text)
  if (!response.ok) {
    const problem = problemFrom(response.status, parsed)
    // The change was refused before anything happened, so the same request is made once more after the proof.
    if (problem.code === 'confirmation_required' && (await askConfirmation?.())) return send<T>(url, init)
    throw problem
  }
  return parsed as T
}

function parseJson(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Same origin, cookies, problem+json. Every POST carries an idempotency key, so a repeated click has one effect. */
export const api = {
  get: <T>(path: string, query?: Query, signal?: AbortSignal) =>
    call<T>('GET', path, { ...(query ? { query } : {}), ...(signal ? { signal } : {}) }),
  post: <T = void>(path: string, body: unknown = {}, idempotencyKey?: string) =>
    call<T>('POST', path, { body, ...(idempotencyKey ? { idempotencyKey } : {}) }),
  patch: <T = void>(path: string, body: unknown) => call<T>('PATCH', path, { body }),
  put: <T = void>(path: string, body: unknown) => call<T>('PUT', path, { body }),
  delete: <T = void>(path: string, body?: unknown) => call<T>('DELETE', path, body === undefined ? {} : { body }),
}
