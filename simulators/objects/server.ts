import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Answer, operationOf, xmlAnswer } from './operations.ts'
import { Refusal } from './refusal.ts'
import { type AccessKey, type Asked, assertSigned } from './signature.ts'
import type { World } from './world.ts'

const HOST = '127.0.0.1'

/** An error in place of what was asked; `reset` hangs up before it is done, `cut` in the middle of the answer. */
export type ObjectFault = { status: number; code: string } | 'reset' | 'cut' | undefined
export type ObjectStoreSettings = { bucket: string; key: AccessKey; port?: number; pageSize?: number }
export type RunningObjectStore = {
  url: string
  world: World
  /** Asked before each request is done; S3's own names of operations, such as PutObject. */
  fault: (operation: string, key: string) => ObjectFault
  close: () => Promise<void>
}

/** A store that speaks S3 as far as it is written down: one bucket, addressed by path, one key, all of it in memory. */
export async function startObjectStore({
  bucket,
  key,
  port = 0,
  pageSize = 1_000,
}: ObjectStoreSettings): Promise<RunningObjectStore> {
  const world: World = {
    bucket,
    objects: new Map(),
    uploads: new Map(),
    locked: new Set(),
    pageSize,
    keepsVersions: false,
  }
  const server = createServer((request, response) => {
    void respond(request, response, { key, running }).catch(() => request.socket.destroy())
  })
  const running: RunningObjectStore = {
    url: '',
    world,
    fault: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, HOST, resolve)
  })
  running.url = `http://${HOST}:${(server.address() as AddressInfo).port}`
  return running
}

type House = { key: AccessKey; running: RunningObjectStore }

async function respond(request: IncomingMessage, response: ServerResponse, house: House): Promise<void> {
  const { method = 'GET', headers } = request
  const [path = '/', query = ''] = (request.url ?? '/').split('?')
  const asked: Asked = { method, path, query, headers, body: await buffer(request) }
  const answer = answerTo(asked, house)
  if (answer === undefined) return void request.socket.destroy()
  response.writeHead(answer.status, answer.headers)
  const body = method === 'HEAD' ? '' : (answer.body ?? '')
  if (!answer.isCut) return void response.end(body)
  response.write(body.slice(0, body.length / 2), () => request.socket.destroy())
}

function answerTo(asked: Asked, { key: accessKey, running }: House): (Answer & { isCut: boolean }) | undefined {
  try {
    assertSigned(asked, accessKey, Date.now())
    if (/^(PUT|POST)$/.test(asked.method) && asked.headers['content-length'] === undefined) {
      throw new Refusal(411, 'MissingContentLength')
    }
    const [, bucket = '', ...rest] = asked.path.split('/').map(decodeURIComponent)
    const key = rest.join('/')
    const query = new URLSearchParams(asked.query)
    if (bucket !== running.world.bucket) throw new Refusal(404, 'NoSuchBucket')
    const { name, operation } = operationOf(asked.method, key, query)
    const fault = running.fault(name, key)
    if (fault === 'reset') return undefined
    if (fault !== undefined && fault !== 'cut') throw new Refusal(fault.status, fault.code)
    const type = asked.headers['content-type'] ?? 'application/octet-stream'
    return { ...operation({ world: running.world, key, query, type, body: asked.body }), isCut: fault === 'cut' }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const inner = `<Code>${error.code}</Code><Message>${error.code}</Message>`
    return { ...xmlAnswer('Error', inner, error.status), isCut: false }
  }
}
