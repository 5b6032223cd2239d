// Made from `client.ts` by `node scripts/api-client.ts`; what is changed here by hand is lost.

/** A query whose fields are all optional may be left out; everything else that an operation takes must be given. */

/** A refusal of the API: `code` is for programs, `errors` name the fields. */
export class HoldfastProblem extends Error {
  name = 'HoldfastProblem'
  status
  code
  errors
  requestId

  constructor(status, problem) {
    super(problem.detail ?? `The API answered ${status}.`)
    this.status = status
    this.code = problem.code ?? 'unknown'
    this.errors = problem.errors ?? []
    this.requestId = problem.requestId ?? ''
  }
}

function urlOf(baseUrl, name, { path = {}, query = {} }) {
  const filled = name.slice(name.indexOf(' ') + 1).replace(/\{(\w+)\}/g, (_, field) => {
    return encodeURIComponent(String(path[field]))
  })
  const search = new URLSearchParams()
  for (const [field, value] of Object.entries(query)) if (value !== undefined) search.set(field, String(value))
  return `${baseUrl.replace(/\/+$/, '')}/api/v1${filled}${search.size === 0 ? '' : `?${search}`}`
}

/** What may be tried again without having its effect twice. */
const isSafe = (method, { idempotencyKey }) => method !== 'POST' || idempotencyKey !== undefined

export function createHoldfast({ baseUrl, key, fetch = globalThis.fetch, retries = 3, wait = sleep }) {
  async function send(name, input) {
    const method = name.slice(0, name.indexOf(' '))
    const init = {
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
    call(name, ...[input]) {
      return send(name, input ?? {})
    },
    async *all(name, ...[input]) {
      const loose = input ?? {}
      let cursor
      do {
        const query = { ...loose.query, ...(cursor === undefined ? {} : { cursor }) }
        const page = await send(name, { ...loose, query })
        yield* page.items
        cursor = page.nextCursor
      } while (cursor !== null)
    },
  }
}

function read(text) {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
