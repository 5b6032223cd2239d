import { rmSync, writeFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import type { Env } from './env.ts'
import type { Logger } from './log.ts'

/** Says that this process is up, to whoever started it; calls `stop` once, at the first wish to end; a second ends at once. */
export function upUntil(
  { env: { readyFile }, log }: { env: Pick<Env, 'readyFile'>; log: Logger },
  stop: () => Promise<void>,
): void {
  if (readyFile !== undefined) writeFileSync(readyFile, '')
  process.send?.('ready')
  // Kept now and not at the end: a process that is killed keeps nothing, and is the one that should be back soon.
  flushCompileCache()
  let ending = false
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (ending) process.exit(1)
      ending = true
      log.info({ signal }, 'ending')
      if (readyFile !== undefined) rmSync(readyFile, { force: true })
      stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'could not end in order')
          process.exit(1)
        },
      )
    })
  }
}
