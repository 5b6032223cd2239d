import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { knownPermissions } from '#domain/permissions/catalogue.ts'
import { apiKeyAccess } from '#infra/db/stores/api-keys.ts'
import { chargeKey } from '#infra/db/stores/rate-limits.ts'
import type { Db } from '#infra/db/tx.ts'
import { within } from './answers.ts'
import { type Spread, spreadOf } from './figures.ts'
import { openStores, type WholeHouse } from './house.ts'
import { signUp } from './member.ts'
import { openRows } from './rows.ts'
import { countStatements } from './statements.ts'

export type RequestSizes = { seconds: number; counted: number; checks: number }

const AT_ONCE = 16
const PATH = '/tags?limit=1'
/** No allowance is to be used up here: what is measured is the asking, not the refusing. */
const ROOMY = { requestsPerMinute: 100_000_000, keyRequestsPerMinute: 100_000_000 }

export type Flow = { perSecond: number; latency: Spread; refused: number }
export type RequestFigures = {
  withKey: Flow
  asPerson: Flow
  bare: Flow
  /** One look at a key, its limits and its permissions, as each request takes it: in µs. */
  check: Spread
  /** The same when the answer is at hand: only the set of permissions is made and asked. */
  inMemoryMicros: number
  statements: { perRequest: number; ofCheck: number }
}

/** A list of nothing, asked with a key and as a person, beside a bare route that answers the same. */
export async function requestFigures(house: WholeHouse, sizes: RequestSizes): Promise<RequestFigures> {
  const { app, api } = house.endpoints()
  const member = await signUp({ app, api, name: 'Programs' })
  const rows = openRows(house.adminUrl)
  await rows.all('update tenants set quotas = $2 where id = $1', [member.tenantId, JSON.stringify(ROOMY)])
  await rows.close()
  const { key: made, secret } = await member.call<{ key: { id: string }; secret: string }>('POST', '/api-keys', {
    name: 'Bench',
    permissions: ['contacts.read'],
  })
  const agent = new Agent({ connections: AT_ONCE })
  const key = asking(agent, `${api}${PATH}`, { authorization: `Bearer ${secret}` })
  await flood(key, 1)
  const withKey = await flood(key, sizes.seconds)
  const asPerson = await flood(async () => (await member.ask('GET', PATH)).status === 200, sizes.seconds)
  const bare = await besideBareRoute(sizes.seconds)
  const asked = await countStatements(house, async () => {
    for (let n = 0; n < sizes.counted; n += 1) await key()
  })
  const ofCheck = asked.statements.filter(({ text }) => /k\.revoked_at|tenant_rates/.test(text))
  await agent.close()
  const db = openStores(house)
  try {
    return {
      ...{ withKey, asPerson, bare },
      check: await checkTime(db, { tenantId: member.tenantId, id: made.id, count: sizes.checks }),
      inMemoryMicros: inMemoryTime(),
      statements: {
        perRequest: asked.count / sizes.counted,
        ofCheck: ofCheck.reduce((sum, { count }) => sum + count, 0) / sizes.counted,
      },
    }
  } finally {
    await db.close()
  }
}

/** One request; whether it was answered as it should be. */
type Ask = () => Promise<boolean>

const asking =
  (agent: Agent, url: string, headers: Record<string, string> = {}): Ask =>
  async () => {
    const response = await request(url, { dispatcher: agent, headers })
    await response.body.dump()
    return response.statusCode === 200
  }

/** As many as are answered: each connection asks again as soon as it has its answer. */
async function flood(ask: Ask, seconds: number): Promise<Flow> {
  const samples: number[] = []
  let refused = 0
  const beganMs = performance.now()
  const lane = async () => {
    while (performance.now() - beganMs < seconds * 1_000) {
      const askedMs = performance.now()
      if (await ask()) samples.push(performance.now() - askedMs)
      else refused += 1
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  const perSecond = (samples.length / (performance.now() - beganMs)) * 1_000
  return { perSecond, latency: spreadOf(samples), refused }
}

async function besideBareRoute(seconds: number): Promise<Flow> {
  const child = fork(join(import.meta.dirname, 'bare/route.ts'))
  const agent = new Agent({ connections: AT_ONCE })
  try {
    const [{ port }] = (await within(30_000, 'the bare route', once(child, 'message'))) as [{ port: number }]
    const bare = asking(agent, `http://127.0.0.1:${port}/api/v1${PATH}`)
    await flood(bare, 1)
    return await flood(bare, seconds)
  } finally {
    await agent.close()
    if (child.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
  }
}

async function checkTime(db: Db, { tenantId, id, count }: { tenantId: string; id: string; count: number }) {
  const micros: number[] = []
  for (let n = 0; n < count; n += 1) {
    const beganMs = performance.now()
    await db.tenant(tenantId, async (tx) => {
      const access = await apiKeyAccess(tx, id)
      await chargeKey(tx, tenantId, {
        key: { subject: `key:${id}`, limit: ROOMY.keyRequestsPerMinute },
        tenant: { subject: 'tenant', limit: ROOMY.requestsPerMinute },
      })
      return knownPermissions(access?.permissions ?? []).has('contacts.read')
    })
    micros.push((performance.now() - beganMs) * 1_000)
  }
  // The first ones open a connection and prepare.
  return spreadOf(micros.slice(Math.ceil(count / 10)))
}

function inMemoryTime(): number {
  const words = ['contacts.read', 'contacts.write', 'conversations.read']
  const rounds = 100_000
  let allowed = 0
  const beganMs = performance.now()
  for (let n = 0; n < rounds; n += 1) if (knownPermissions(words).has('conversations.read')) allowed += 1
  return ((performance.now() - beganMs) * 1_000) / allowed
}
