import { once } from 'node:events'
import { connect as connectSecurely, createServer as createSecondServer, type Http2Server } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { after } from 'node:test'
import { cookieOf, type House, ORIGIN, PASSWORD } from '../api/house.ts'
import { askAs, makeKey, setLimits } from '../api/program.ts'
import { type Code, type Edit, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const fresh = await houseOf()

const LIMIT = 20
const ASKED = 70

type Answer = { status: number; retryAfter: string | null }
const answerOf = ({ status, headers }: Response): Answer => ({ status, retryAfter: headers.get('retry-after') })

/**
 * What got through beyond the limit, one lease and what came back meanwhile; and refusals that do not say how long to wait.
 */
function beyond(answers: readonly Answer[], startMs: number): string[] {
  const most = LIMIT + 1 + Math.ceil(((performance.now() - startMs) / 60_000) * LIMIT)
  const through = answers.filter(({ status }) => status === 200)
  if (through.length < LIMIT) throw new Error(`only ${through.length} of ${LIMIT} got through`)
  const odd = answers.filter(({ status, retryAfter }) => status !== 200 && !(status === 429 && Number(retryAfter) >= 1))
  return [...through.slice(most).map(() => 'one more'), ...odd.map(({ status }) => `${status} without an instant`)]
}

/** Two processes of the API, which share nothing but Postgres. */
async function openTwo(code: Code) {
  const house = await fresh(code)
  const { createDb } = await code<typeof import('#infra/db/tx.ts')>('infra/db/tx.ts')
  const { createApp } = await code<typeof import('#api/app.ts')>('api/app.ts')
  const { app, relay } = house.database.urls
  const db = createDb({ appUrl: app, relayUrl: relay, poolSize: 4, relayPoolSize: 2 })
  after(() => db.close())
  return { house, apps: [house.app, createApp({ ...house.deps, db })] }
}

const askedAtOnce = (count: number, ask: (index: number) => Promise<Response>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, async (_, index) => answerOf(await ask(index))))

/** The beginning of a template in which each app counts for itself: it has a name of its own. */
const alone = (deps: string, kind: string) =>
  `\`\${((${deps} as { name?: string }).name ??= String(Math.random()).slice(2, 8))} ${kind}:$`

holds('[S57] two processes count a key as one', {
  open: openTwo,
  async attack({ house, apps }) {
    const owner = await house.owner()
    await setLimits(house, owner.tenantId, { keyRequestsPerMinute: LIMIT })
    const { secret } = await makeKey(owner)
    const startMs = performance.now()
    return beyond(
      await askedAtOnce(ASKED, (index) => askAs(house, secret, '/contacts', { app: apps[index % 2]! })),
      startMs,
    )
  },
  without: edit('api/middleware/api-key.ts', 'subject: `key:$', `subject: ${alone("c.get('deps')", 'key')}`),
})

holds('[S57] … and a person as well, whichever of them their browser reaches', {
  open: openTwo,
  async attack({ house, apps }) {
    const owner = await house.owner()
    // The first page has begun a lease under the plan as it was; it is over before the limit is judged.
    await setLimits(house, owner.tenantId, { personRequestsPerMinute: LIMIT })
    const headers = { cookie: cookieOf(owner) }
    const spend = () => apps[0]!.request('/api/v1/contacts', { headers })
    for (let count = 0; count < 20; count += 1) await spend()
    await house.admin('delete from tenant_rates')
    const startMs = performance.now()
    const ask = async (index: number) => apps[index % 2]!.request('/api/v1/contacts', { headers })
    return beyond(await askedAtOnce(ASKED, ask), startMs)
  },
  without: edit(
    'api/middleware/rate-limit.ts',
    'takeLease(deps, tenantId, `person:$',
    `takeLease(deps, tenantId, ${alone('deps', 'person')}`,
  ),
})

type Line = { house: House; at: { host: string; port: number } }

async function serve(code: Code): Promise<Line> {
  const house = await fresh(code)
  const { createHttpServer, listen, stopListening } =
    await code<typeof import('#api/http-server.ts')>('api/http-server.ts')
  const server = createHttpServer({ fetch: (incoming, bindings) => house.app.fetch(incoming, bindings), secure: true })
  after(() => stopListening(server, 50))
  return { house, at: { host: '127.0.0.1', port: await listen(server, { host: '127.0.0.1', port: 0 }) } }
}

/** Sends many requests in one write on one connection. */
async function pipelined({ at }: Line, request: string, count: number): Promise<Answer[]> {
  const socket = connect(at)
  await once(socket, 'connect')
  socket.write(request.repeat(count - 1) + request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
  let text = ''
  for await (const part of socket) text += String(part)
  return text
    .split(/HTTP\/1\.1 (?=\d{3} )/)
    .slice(1)
    .map((answer) => ({
      status: Number(answer.slice(0, 3)),
      retryAfter: /^retry-after: (\d+)/im.exec(answer)?.[1] ?? null,
    }))
}

/** What a proxy does that ends HTTP/2, as Caddy does: each stream becomes a request of its own to the house. */
async function secondProxy({ at }: Line): Promise<{ server: Http2Server; port: number }> {
  const server = createSecondServer()
  server.on('stream', async (stream, headers) => {
    const answer = await fetch(`http://${at.host}:${at.port}${headers[':path']}`, {
      headers: { authorization: String(headers['authorization']), 'x-forwarded-for': '198.51.100.7' },
    })
    await answer.arrayBuffer()
    stream.respond({ ':status': answer.status, 'retry-after': answer.headers.get('retry-after') ?? '' })
    stream.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

async function overOneSecondConnection(line: Line, secret: string, count: number): Promise<Answer[]> {
  const { server, port } = await secondProxy(line)
  const session = connectSecurely(`http://127.0.0.1:${port}`)
  const one = async (): Promise<Answer> => {
    const stream = session.request({ ':path': '/api/v1/contacts', authorization: `Bearer ${secret}` })
    const [headers] = (await once(stream, 'response')) as [Record<string, string | number>]
    stream.resume()
    await once(stream, 'end')
    return { status: Number(headers[':status']), retryAfter: String(headers['retry-after']) }
  }
  const answers = await Promise.all(Array.from({ length: count }, one))
  session.close()
  server.close()
  return answers
}

const WITHOUT_LIMIT = edit(
  'api/middleware/api-key.ts',
  'if (charge?.refused !== undefined) throw rateLimited(charge.refused)',
  '',
)

holds(
  '[S57] a burst on one connection is counted request by request: pipelined, or as streams of HTTP/2 at the proxy',
  {
    open: serve,
    async attack(line) {
      const got: string[] = []
      const bursts: Record<string, (secret: string) => Promise<Answer[]>> = {
        pipelined: (secret) =>
          pipelined(line, `GET /api/v1/contacts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\n\r\n`, ASKED),
        'HTTP/2': (secret) => overOneSecondConnection(line, secret, ASKED),
      }
      for (const [name, burst] of Object.entries(bursts)) {
        const owner = await line.house.owner()
        await setLimits(line.house, owner.tenantId, { keyRequestsPerMinute: LIMIT })
        const { secret } = await makeKey(owner)
        const startMs = performance.now()
        const answers = await burst(secret)
        if (answers.length !== ASKED) throw new Error(`${name}: ${answers.length} answers`)
        got.push(...beyond(answers, startMs).map((what) => `${name}: ${what}`))
      }
      // The house itself does not speak it, so there is no way past the proxy that would count otherwise.
      const [first] = await pipelined(line, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 1)
      if (first?.status !== 400) got.push(`HTTP/2 without a proxy: ${first?.status}`)
      return got
    },
    without: WITHOUT_LIMIT,
  },
)

const PLAIN_LIMITS = { signInPair: { max: 5, windowSeconds: 900 } }

holds('[S57] an account is guessed at five times, however its address is written', {
  open: await houseOf({ limits: PLAIN_LIMITS }),
  async attack(house) {
    const { email } = await house.owner()
    const [name = '', host = ''] = email.split('@')
    const spellings = [
      ...[email, email.toUpperCase(), `${name.toUpperCase()}@${host}`, `${name}@${host.toUpperCase()}`],
      ...[`${name[0]!.toUpperCase()}${name.slice(1)}@${host}`, ` ${email}`, `${email} `, `${email}\t`, `${email}.`],
      ...[
        `"${name}"@${host}`,
        `${name}@${host}\u0000`,
        `${name}\u200b@${host}`,
        `${name.replace('o', '\uff4f')}@${host}`,
      ],
    ]
    const judged: string[] = []
    for (let round = 0; round < 2; round += 1) {
      for (const [index, written] of spellings.entries()) {
        const body = { email: written, password: `guess ${round} ${index}` }
        const headers = { origin: ORIGIN }
        const { status } = await askAs(house, undefined, '/auth/sign-in', { method: 'POST', body, headers })
        if (status === 401) judged.push(written)
      }
    }
    // Those that are no spelling of it have their own five; the right password must be behind the first five only.
    const known = judged.filter((written) => written.trim().toLowerCase() === email)
    const body = { email: spellings[1], password: PASSWORD }
    const { status } = await askAs(house, undefined, '/auth/sign-in', {
      method: 'POST',
      body,
      headers: { origin: ORIGIN },
    })
    return [...known.slice(5).map((written) => `judged as ${written}`), ...(status === 429 ? [] : [`then ${status}`])]
  },
  without: edit('infra/auth/auth.ts', 'const email = input.email.toLowerCase()', 'const { email } = input'),
})

holds('[S57] a stranger gets no more by moving within their network, or by writing their address otherwise', {
  open: fresh,
  async attack(house) {
    const spent = ['203.0.113.60', '2001:db8:77:66::/64']
    for (const address of spent) {
      await house.admin(
        `insert into address_rates values ($1, now() + interval '10 minutes')
         on conflict (address) do update set full_at = excluded.full_at`,
        [address],
      )
    }
    const hosts = Array.from({ length: 8 }, (_, index) => `2001:db8:77:66:${(index * 7_919).toString(16)}::${index}`)
    const spellings = ['2001:0DB8:0077:0066::1', '2001:db8:77:66:0:0:0:1', '::ffff:203.0.113.60', '::ffff:cb00:713c']
    const got: string[] = []
    for (const address of [...hosts, ...spellings, '203.0.113.60']) {
      for (const path of ['/config', '/config?', '/%63onfig', '/auth/sign-out']) {
        const method = path.startsWith('/auth') ? 'POST' : 'GET'
        const { status } = await askAs(house, undefined, path, { address, method, headers: { origin: ORIGIN } })
        if (status < 400) got.push(`${address} ${path}: ${status}`)
      }
    }
    return got
  },
  without: edit('infra/auth/attempts.ts', '.slice(0, 4)', '.slice(0, 8)'),
})
