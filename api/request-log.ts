import { countUses, warnOfQuota } from '#infra/db/stores/quotas.ts'
import { type LoggedRequest, writeRequests } from '#infra/db/stores/request-log.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Log } from './deps.ts'

/** Where requests wait to be written down, so that no answer waits for its own line. */
export type RequestLog = {
  add(request: LoggedRequest): void
  /** Writes what waits. Failing is no reason to stop: it waits on, a few times. */
  flush(): Promise<void>
  /** Writes the rest and ends. */
  close(): Promise<void>
}

const EVERY_MS = 1_000
const BATCH_MAX = 500
const WAITING_MAX = 20_000
const TRIES_MAX = 5

/** What was turned away at the door is no use of the plan. */
const NO_USE: ReadonlySet<string> = new Set([
  'api_key_invalid',
  'address_not_allowed',
  'rate_limited',
  'quota_exceeded',
])

type Waiting = { request: LoggedRequest; tries: number }

async function writeBatch(db: Db, tenantId: string, batch: readonly Waiting[]): Promise<void> {
  const requests = batch.map(({ request }) => request)
  const calls = requests.filter(
    ({ principalKind, code }) => principalKind === 'api_key' && (code === null || !NO_USE.has(code)),
  ).length
  await db.tenant(tenantId, async (tx) => {
    await writeRequests(tx, tenantId, requests)
    if (calls === 0) return
    await countUses(tx, { tenantId, quota: 'apiCalls', by: calls })
    await warnOfQuota(tx, tenantId, 'apiCalls')
  })
}

/** @param everyMs how often it is written; tests write by hand. */
export function createRequestLog({ db, log, everyMs = EVERY_MS }: { db: Db; log: Log; everyMs?: number }): RequestLog {
  let waiting: Waiting[] = []
  let lost = 0
  let writing = Promise.resolve()

  function keep(batch: readonly Waiting[]): void {
    const again = batch.map(({ request, tries }) => ({ request, tries: tries + 1 }))
    const worthIt = again.filter(({ tries }) => tries < TRIES_MAX)
    lost += again.length - worthIt.length
    waiting = [...worthIt, ...waiting]
  }

  async function writeAll(): Promise<void> {
    const taken = waiting
    waiting = []
    const byTenant = Object.entries(Object.groupBy(taken, ({ request }) => request.tenantId))
    for (const [tenantId, all = []] of byTenant) {
      for (let at = 0; at < all.length; at += BATCH_MAX) {
        const batch = all.slice(at, at + BATCH_MAX)
        await writeBatch(db, tenantId, batch).catch((error: unknown) => {
          keep(batch)
          log.warn({ err: error, tenantId, count: batch.length }, 'requests could not be written down yet')
        })
      }
    }
    if (lost > 0) log.error({ lost }, 'requests are missing in the request log')
    lost = 0
  }

  // One at a time and in order: whoever waits for a flush waits for all that was added before it.
  const flush = (): Promise<void> => {
    writing = writing.then(writeAll)
    return writing
  }
  const timer = setInterval(() => waiting.length > 0 && void flush(), everyMs)
  timer.unref()
  return {
    add(request) {
      // The newest are given up: what is asked after an outage is how it began.
      if (waiting.length >= WAITING_MAX) lost += 1
      else waiting.push({ request, tries: 0 })
    },
    flush,
    async close() {
      clearInterval(timer)
      await flush()
    },
  }
}
