import type { Db } from './tx.ts'

export type Listening = {
  /** The first attempt is over, whether it worked or not. */
  ready: Promise<void>
  stop: () => Promise<void>
}

/**
 * Listens to a channel, on a new connection every `everyMs`: one that died unseen is replaced. Listening is only for speed,
 * so a failure is told and not thrown; whoever listens also looks by itself.
 */
export function keepListening(
  db: Db,
  options: {
    channel: string
    everyMs: number
    onNotify: (payload: string) => void
    onFailure: (error: unknown) => void
  },
): Listening {
  const { channel, everyMs, onNotify, onFailure } = options
  let stopListening: (() => Promise<void>) | undefined
  let stopped = false

  async function listen(): Promise<void> {
    try {
      const stop = await db.listen(channel, onNotify)
      await stopListening?.().catch(() => undefined)
      stopListening = stop
      if (stopped) await stop()
    } catch (error) {
      onFailure(error)
    }
  }

  const timer = setInterval(listen, everyMs).unref()
  return {
    ready: listen(),
    async stop() {
      stopped = true
      clearInterval(timer)
      await stopListening?.().catch(() => undefined)
    },
  }
}
