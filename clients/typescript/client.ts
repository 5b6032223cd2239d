import type { Operations } from './operations.d.ts'

export type OperationName = keyof Operations
type Given<N extends OperationName> = Omit<Operations[N], 'answer'>
/** A query whose fields are all optional may be left out; everything else that an operation takes must be given. */
type Input<N extends OperationName> = (Given<N> extends { path: infer P } ? { path: P } : unknown) &
  (Given<N> extends { body: infer B } ? { body: B } : unknown) &
  (Given<N> extends { query: infer Q } ? (Record<string, never> extends Q ? { query?: Q } : { query: Q }) : unknown) & {
    idempotencyKey?: string
    signal?: AbortSignal
  }
type Arguments<N extends OperationName> =
  Given<N> extends { path: unknown } | { body: unknown } ? [input: Input<N>] : [input?: Input<N>]
type Answer<N extends OperationName> = Operations[N]['answer']
type PageOf<N extends OperationName> =
  Answer<N> extends { items: (infer Item)[]; nextCursor: string | null } ? Item : never
type ListName = { [N in OperationName]: PageOf<N> extends never ? never : N }[OperationName]

export type HoldfastOptions = {
  /** Where the house is, such as `https://chat.example.com`. */
  baseUrl: string
  /** The key, as it was shown once. */
  key: string
  /** For tests and for runtimes with a fetch of their own. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** How often a refusal that asks to wait is tried again; 3 unless said otherwise. */
  retries?: number
  wait?: (ms: number) => Promise<void>
}

/** A refusal of the API: `code` is for programs, `errors` name the fields. */
export class HoldfastProblem extends Error {
  override readonly name = 'HoldfastProblem'
  readonly status: number
  readonly code: string
  readonly errors: readonly { path: string; code: string; message: string }[]
  readonly requestId: string

  constructor(status: number, problem: Partial<Omit<HoldfastProblem, 'status'>> & { detail?: string }) {
    super(problem.detail ?? `The API answered ${status}.`)
    this.status = status
    this.code = problem.code ?? 'unknown'
    this.errors = problem.errors ?? []
    this.requestId = problem.requestId ?? ''
  }
}

type Loose = {
  path?: Record<string, string>
  query?: Record<string, unknown>
  body?: unknown
  idempotencyKey?: string
  signal?: AbortSignal
}

function urlOf(baseUrl: string, name: string, { path = {}, query = {} }: Loose): string {
  const filled = name.slice(name.indexOf(' ') + 1).replace(/\{(\w+)\}/g, (_, field: string) => {
    return encodeURIComponent(String(path[field]))
  })
  const search = new URLSearchParams()
  for (const [field, value] of Object.entries(query)) if (value !== undefined) search.set(field, String(value))
  return `${baseUrl.replace(/\/+$/, '')}/api/v1${filled}${search.size === 0 ? '' : `?${search}`}`
}

/** What may be tried again without having its effect twice. */
const isSafe = (method: string, { idempotencyKey }: Loose) => method !== 'POST' || idempotencyKey !== undefined

export type Holdfast = {
  /** Carries out one operation: `call('GET /contacts/{id}', { path: { id } })`. Throws HoldfastProblem. */
  call<N extends OperationName>(name: N, ...input: Arguments<N>): Promise<Answer<N>>
  /** All rows of a list, page by page, as they are asked for. */
  all<N extends ListName>(name: N, ...input: Arguments<N>): AsyncGenerator<PageOf<N>>
}

export function createHoldfast({
  baseUrl,
  key,
  fetch = globalThis.fetch,
  retries = 3,
  wait = sleep,
}: HoldfastOptions): Holdfast {
  async function send(name: string, input: Loose): Promise<unknown> {
    const method = name.slice(0, name.indexOf(' '))
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        accept: 'application/json',
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(input.idempotencyKey === undefined ? {} : { 'idempotency-key': input.idempotencyKey }),
      },
      ...(input.body === undefined ? {} : { body: JSON.stringify(input.body) }),
      ...(input.signal === undefined ? {} : { signal: input.signal }),
    }
    for (let tried = 0; ; tried += 1) {
      const response = await fetch(urlOf(baseUrl, name, input), init)
      if (response.status === 204) return undefined
      const text = await response.text()
      if (response.ok) return text === '' ? undefined : JSON.parse(text)
      const problem = new HoldfastProblem(response.status, read(text))
      // 429 was not carried out; of anything else nobody knows, unless doing it twice does no harm.
      const again = response.status === 429 || (response.status === 503 && isSafe(method, input))
      if (!again || tried >= retries) throw problem
      await wait(Math.max(1, Number(response.headers.get('retry-after') ?? 1)) * 1_000)
    }
  }

  return {
    call<N extends OperationName>(name: N, ...[input]: Arguments<N>): Promise<Answer<N>> {
      return send(name, (input ?? {}) as Loose) as Promise<Answer<N>>
    },
    async *all<N extends ListName>(name: N, ...[input]: Arguments<N>): AsyncGenerator<PageOf<N>> {
      const loose = (input ?? {}) as Loose
      let cursor: string | null | undefined
      do {
        const query = { ...loose.query, ...(cursor === undefined ? {} : { cursor }) }
        const page = (await send(name, { ...loose, query })) as { items: PageOf<N>[]; nextCursor: string | null }
        yield* page.items
        cursor = page.nextCursor
      } while (cursor !== null)
    },
  }
}

function read(text: string): Partial<HoldfastProblem> & { detail?: string } {
  try {
    return JSON.parse(text) as Partial<HoldfastProblem>
  } catch {
    return {}
  }
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
