import { type Aside, putAside, takeRetry } from '#infra/db/stores/reactions.ts'
import type { Db, Tx } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'

type AsideDeps = { db: Db; log: Logger }

/** What a reader of events could not carry out waits apart, so that the reader goes on. */
export async function putOff({ db, log }: AsideDeps, place: Aside, error: unknown): Promise<void> {
  log.warn({ err: error, ...place }, 'an event could not be carried out; it waits apart')
  await db.tenant(place.tenantId, (tx) => putAside(tx, { ...place, error: String(error) }))
}

/**
 * What waits apart; the row goes in the transaction that settles it, and comes back when that fails.
 *
 * @returns what `work` made of it, or undefined when it was not ours or failed again.
 */
export async function tryAgain<T>(deps: AsideDeps, place: Aside, work: (tx: Tx) => Promise<T>): Promise<T | undefined> {
  try {
    return await deps.db.tenant(place.tenantId, async (tx) => ((await takeRetry(tx, place)) ? work(tx) : undefined))
  } catch (error) {
    await putOff(deps, place, error)
    return undefined
  }
}
