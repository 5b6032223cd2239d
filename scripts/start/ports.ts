import { createServer } from 'node:net'
import { StartProblem } from './problem.ts'

/** Whether a port of the loopback can be taken now, in both families: `localhost` may lead to either. */
export async function isFree(port: number): Promise<boolean> {
  return (await listens(port, '127.0.0.1')) && (await listens(port, '::1'))
}

function listens(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      // A machine without IPv6 has nobody there who could be in the way.
      resolve(error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT')
    })
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** A port that nobody has, from the machine's own range. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

export type PortWish = {
  /** The setting's name, for the sentence that says it is taken. */
  setting: string
  what: string
  port: number
  /** A port that somebody asked for is theirs or nobody's; a usual one may move. */
  given: boolean
  /** The port of the last run, so that bookmarks and webhooks go on working. */
  last?: number | undefined
}

const NEAR = 40

/** One port per wish, no two the same. */
export async function choosePorts(wishes: readonly PortWish[]): Promise<number[]> {
  const chosen: number[] = []
  for (const wish of wishes) chosen.push(await choosePort(wish, chosen))
  return chosen
}

async function choosePort(wish: PortWish, taken: readonly number[]): Promise<number> {
  if (wish.port === 0) return anyFreePort()
  const free = async (port: number) => !taken.includes(port) && (await isFree(port))
  if (wish.given) {
    if (await free(wish.port)) return wish.port
    throw new StartProblem(`Port ${wish.port} for ${wish.what} is taken by another program.`, [
      `End that program, or set ${wish.setting} to another port (0 takes any free one).`,
    ])
  }
  if (wish.last !== undefined && (await free(wish.last))) return wish.last
  for (let port = wish.port; port < wish.port + NEAR; port += 1) if (await free(port)) return port
  return anyFreePort()
}
