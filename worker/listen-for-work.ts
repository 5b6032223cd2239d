import type { Db, Work } from '#infra/db/tx.ts'
import { WORK_CHANNEL, workIn } from '#infra/db/work-announcer.ts'
import type { Logger } from '#infra/log.ts'

const KINDS: readonly Work[] = ['messages', 'statuses', 'bells', 'runs', 'events', 'deliveries']
/** A connection that died unseen is replaced so often; the loops look by themselves meanwhile. */
const LISTEN_AGAIN_MS = 30_000

/** Hears what other processes leave for the dispatcher. */
export function listenForWork(
  { db, log }: { db: Db; log: Logger },
  onWork: (work: readonly Work[]) => void,
): { stop: () => Promise<void> } {
  let stopListening: (() => Promise<void>) | undefined
  let stopped = false

  async function listen(): Promise<void> {
    try {
      const stop = await db.listen(WORK_CHANNEL, (payload) => onWork(workIn(payload, KINDS)))
      await stopListening?.().catch(() => undefined)
      stopListening = stop
      if (stopped) await stop()
    } catch (error) {
      log.warn({ err: error }, 'cannot listen for work; the loops look by themselves')
    }
  }

  const timer = setInterval(listen, LISTEN_AGAIN_MS)
  void listen()
  return {
    async stop() {
      stopped = true
      clearInterval(timer)
      await stopListening?.().catch(() => undefined)
    },
  }
}
