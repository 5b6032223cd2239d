import { Agent, request } from 'undici'

export type ApiAnswer<T> = { status: number; body: T }
export type Member = Awaited<ReturnType<typeof signUp>>

/** An answer that a caller did not want, with what it said. */
export class ApiRefusal extends Error {
  readonly status: number

  constructor(what: string, { status, body }: ApiAnswer<unknown>) {
    super(`${what}: ${status} ${JSON.stringify(body).slice(0, 400)}`)
    this.status = status
  }
}

const agent = new Agent({ connections: 32, keepAliveTimeout: 20_000, headersTimeout: 20_000, bodyTimeout: 20_000 })

/** Makes an account with a tenant of its own, as a person would, and acts as its owner from then on. */
export async function signUp({ app, api, name }: { app: string; api: string; name: string }) {
  const origin = new URL(app).origin
  let cookie = ''

  async function ask<T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT', path: string, json?: unknown): Promise<ApiAnswer<T>> {
    const response = await request(`${api}${path}`, {
      method,
      dispatcher: agent,
      headers: { origin, cookie, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    const set = response.headers['set-cookie']
    const cookies = (set === undefined ? [] : [set].flat()).map((line) => line.split(';', 1)[0]!)
    if (cookies.length > 0) cookie = cookies.join('; ')
    const text = await response.body.text()
    return { status: response.statusCode, body: (text === '' ? undefined : JSON.parse(text)) as T }
  }

  /** The body of a good answer. @throws ApiRefusal. */
  async function call<T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT', path: string, json?: unknown): Promise<T> {
    const answer = await ask<T>(method, path, json)
    if (answer.status < 200 || answer.status > 299) throw new ApiRefusal(`${method} ${path}`, answer)
    return answer.body
  }

  await call('POST', '/auth/sign-up', {
    name: `${name} Owner`,
    email: `${name.toLowerCase().replaceAll(/\W+/g, '-')}@holdfast.localhost`,
    password: `${name} sees everything`,
    tenantName: name,
  })
  const me = await call<{ tenant: { id: string }; person: { id: string } }>('GET', '/me')
  /** What a browser sends along with everything: for what is asked by other means. */
  const headers = () => ({ origin, cookie })
  return { ask, call, headers, tenantId: me.tenant.id, personId: me.person.id }
}
