import { type Db, sql } from './tx.ts'

/** How long a process may go on as if nothing had happened. */
const KEPT_MS = 5_000

export type SuspendedTenants = { has(tenantId: string): Promise<boolean> }

/** Which tenants are suspended, asked at most every five seconds however many messages leave. */
export function createSuspendedTenants(db: Pick<Db, 'relay'>, nowMs: () => number, keptMs = KEPT_MS): SuspendedTenants {
  let known: Promise<ReadonlySet<string>> | undefined
  let untilMs = 0

  async function load(): Promise<ReadonlySet<string>> {
    const rows = await db.relay((tx) => tx.rows<{ id: string }>(sql`select id from tenants where status = 'suspended'`))
    return new Set(rows.map(({ id }) => id))
  }

  return {
    async has(tenantId) {
      if (known === undefined || nowMs() >= untilMs) {
        untilMs = nowMs() + keptMs
        const asked = load()
        known = asked
        // A failed look-up must not be remembered as an answer.
        asked.catch(() => {
          if (known === asked) known = undefined
        })
      }
      return (await known).has(tenantId)
    },
  }
}
