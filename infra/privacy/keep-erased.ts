import type { KeyRing } from '#infra/crypto/keyring.ts'
import { contactsBack, eraseContactAgain } from '#infra/db/stores/erased-again.ts'
import { eraseInbound, eraseMessages } from '#infra/db/stores/erasure.ts'
import type { Db } from '#infra/db/tx.ts'
import type { EraseLedger } from './erase-ledger.ts'

type Log = Record<'warn' | 'error', (fields: Record<string, unknown>, message: string) => void>
type KeepErasedDeps = { db: Db; keyRing: KeyRing; ledger: EraseLedger; log: Log }

const RETRY_MS = 1_000

/**
 * Erases once more whoever is in this database although the ledger says that they were erased: it was brought back from a
 * backup. Whoever serves waits for it; what a workflow has to do besides follows as soon as there is one.
 *
 * @returns how many had come back.
 */
export async function keepErased({ db, keyRing, ledger, log }: KeepErasedDeps): Promise<number> {
  const { entries, unreadableCount } = await ledger.read()
  if (unreadableCount > 0) log.error({ unreadableCount }, 'lines of the ledger of erasures cannot be read')
  let count = 0
  for (const [tenantId, erased] of Map.groupBy(entries, (entry) => entry.tenantId)) {
    for (const contactId of await db.tenant(tenantId, (tx) => contactsBack(tx, tenantId, erased))) {
      const place = await db.tenant(tenantId, (tx) => eraseContactAgain(tx, { tenantId, contactId, keyRing }))
      if (place === undefined) continue
      while ((await db.tenant(tenantId, (tx) => eraseMessages(tx, place))) !== undefined);
      await db.tenant(tenantId, (tx) => eraseInbound(tx, place))
      count += 1
    }
  }
  if (count > 0) log.warn({ count }, 'contacts of an older database were erased once more')
  return count
}

/** The same before anything is served, for as long as the database may be away. */
export async function keepErasedFirst(deps: KeepErasedDeps): Promise<void> {
  for (;;) {
    try {
      await keepErased(deps)
      return
    } catch (error) {
      deps.log.warn({ err: error }, 'nothing is served before the ledger of erasures was compared')
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
    }
  }
}
