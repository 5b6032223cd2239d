import { keepListening, type Listening } from '#infra/db/keep-listening.ts'
import type { Db } from '#infra/db/tx.ts'
import { WORK_CHANNEL, type Work, workIn } from '#infra/db/work-announcer.ts'
import type { Logger } from '#infra/log.ts'

const LISTEN_AGAIN_MS = 30_000

/** Hears what other processes leave for the dispatcher. */
export const listenForWork = (
  { db, log }: { db: Db; log: Logger },
  onWork: (work: readonly Work[]) => void,
): Listening =>
  keepListening(db, {
    channel: WORK_CHANNEL,
    everyMs: LISTEN_AGAIN_MS,
    onNotify: (payload) => onWork(workIn(payload)),
    onFailure: (err) => log.warn({ err }, 'cannot listen for work; the loops look by themselves'),
  })
