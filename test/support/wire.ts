import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * A wire between our processes and a server, which a test can cut: what is connected breaks, and nobody gets through
 * until it is mended. Frozen, it swallows what is said and gives no sign.
 */
export async function openWire(address: string) {
  const [host = '', port = ''] = address.split(':')
  const sockets = new Set<Socket>()
  const forgotten = new WeakSet<Socket>()
  let state: 'open' | 'cut' | 'frozen' = 'open'

  const server = createServer((near) => {
    if (state === 'cut') {
      near.destroy()
      return
    }
    const far = connect(Number(port), host)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => {
        if (state === 'open' && !forgotten.has(from)) to.write(chunk)
      })
      from.on('error', () => to.destroy())
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')

  const breakAll = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    address: `127.0.0.1:${bound.port}`,
    cut() {
      state = 'cut'
      breakAll()
    },
    freeze() {
      state = 'frozen'
    },
    /** As a router that was restarted: what was connected hears nothing any more and is told nothing; who comes anew gets through. */
    forget() {
      for (const socket of sockets) forgotten.add(socket)
    },
    /** What was swallowed is lost: connections that heard nothing for a while are broken, as by any router. */
    mend() {
      state = 'open'
      breakAll()
    },
    close() {
      breakAll()
      server.close()
    },
  }
}

export type Wire = Awaited<ReturnType<typeof openWire>>
