import { channel } from 'node:diagnostics_channel'
import { TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'

/** TLS 1.3 with everybody who has it, 1.2 with who has not, nothing older, whatever the defaults of the process are. */
export const OUTBOUND_TLS = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' } as const

/** A receiver that has no TLS 1.3: where it is, never what was asked of it. */
type OldTls = { host: string; protocol: string }

// Calls go out from many places; whoever logs for the process hears of all of them here.
const oldTls = channel('holdfast.old-tls')

/** Connects as undici does, within our bounds of TLS. Both sides take the newest they have, so 1.2 is the receiver's doing. */
export function outboundConnector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector({ ...options, ...OUTBOUND_TLS })
  return (place, callback) =>
    connect(place, (...outcome) => {
      const [, socket] = outcome
      if (socket instanceof TLSSocket) {
        const protocol = socket.getProtocol() ?? 'unknown'
        if (protocol !== 'TLSv1.3') oldTls.publish({ host: place.host ?? place.hostname, protocol } satisfies OldTls)
      }
      callback(...outcome)
    })
}

type Log = { warn: (fields: Record<string, unknown>, message: string) => void }

const SAID_AGAIN_AFTER_MS = 3_600_000
const SAID_MAX = 10_000

/** Says in the log of a process who has no TLS 1.3, once an hour each. @returns how to stop. */
export function logOldTls(log: Log, nowMs: () => number): () => void {
  const said = new Map<string, number>()
  const hear = (message: unknown) => {
    const { host, protocol } = message as OldTls
    if (nowMs() < (said.get(host) ?? 0)) return
    if (said.size >= SAID_MAX) said.clear()
    said.set(host, nowMs() + SAID_AGAIN_AFTER_MS)
    log.warn({ host, protocol }, 'this receiver has no TLS 1.3')
  }
  oldTls.subscribe(hear)
  return () => void oldTls.unsubscribe(hear)
}
