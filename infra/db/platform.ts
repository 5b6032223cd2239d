import type { Patience } from './reach.ts'
import { createDb, type Tx } from './tx.ts'

/** The database as the platform's administrators may use it: which tenants there are, and nothing of what is in them. */
export type PlatformDb = {
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const CONNECTIONS = 3

export function createPlatformDb({
  url,
  patience,
  onError,
}: {
  url: string
  patience?: Patience
  onError?: (error: Error) => void
}): PlatformDb {
  // It acts across tenants, as the relay does, with a role and grants of its own; nothing here has a tenant in context.
  const db = createDb({
    appUrl: url,
    relayUrl: url,
    poolSize: 1,
    relayPoolSize: CONNECTIONS,
    ...(patience && { patience }),
    ...(onError && { onError }),
  })
  return { run: (work) => db.relay(work), close: () => db.close() }
}
