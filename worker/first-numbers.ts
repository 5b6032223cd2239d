import { abandonChannel } from '#infra/db/stores/channels.ts'
import { type NumberWish, standingOfWish, takeNumberWishes } from '#infra/db/stores/first-numbers.ts'
import type { Db } from '#infra/db/tx.ts'
import type { Logger } from '#infra/log.ts'
import type { ChannelConnections } from '#infra/providers/channel-connections.ts'

export type FirstNumberDeps = { db: Db; log: Logger; numbers: Pick<ChannelConnections, 'provision'> }

/** Each asks the provider a few times, one after the other. */
const AT_ONCE = 5

/**
 * Gives new tenants the number that they were to get when they were made and did not: whoever made them was killed, the
 * provider was away, or no number was free. A wish that fails comes again.
 */
export async function giveFirstNumbers(deps: FirstNumberDeps): Promise<number> {
  const wishes = await deps.db.relay((relay) => takeNumberWishes(relay, AT_ONCE))
  for (const wish of wishes) {
    await give(deps, wish).catch((err: unknown) => {
      deps.log.warn({ err, ...wish }, 'a new tenant could not be given its number; it is tried again')
    })
  }
  return wishes.length
}

async function give({ db, log, numbers }: FirstNumberDeps, { tenantId, attempts }: NumberWish): Promise<void> {
  const wish = await db.tenant(tenantId, async (tx) => {
    const standing = await standingOfWish(tx, tenantId)
    if (standing?.kind !== 'open') return undefined
    for (const id of standing.leftIds) await abandonChannel(tx, { id, reason: 'internal_error' })
    return standing
  })
  if (wish === undefined) return
  const given = await numbers.provision({ tenantId, actor: { kind: 'system' } }, { name: wish.name })
  if (given !== undefined) return
  log.warn({ tenantId, attempts }, 'a new tenant waits for its number: none of the pool is free')
}
