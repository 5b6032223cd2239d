import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { GraphError } from './errors.ts'
import type { Reply } from './graph/reply.ts'
import { type Call, graphCall } from './graph/router.ts'
import { traceId } from './ids.ts'
import { graphJson, isObject, type JsonObject } from './json.ts'
import type { Sim } from './sim.ts'

const CURRENT_VERSION = 'v24.0'
const OLDEST_VERSION = 20
const BODY_MAX_BYTES = 110 * 1024 * 1024

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  for await (const chunk of request) {
    const bytes = chunk as Buffer
    sizeBytes += bytes.length
    if (sizeBytes > BODY_MAX_BYTES)
      throw new GraphError(413, { message: 'Request too large', type: 'OAuthException', code: 1 })
    chunks.push(bytes)
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
}

/** JSON, or form fields with `name[]` for lists; an array or anything else is an empty object. */
export function parseFields(raw: Buffer, contentType: string): JsonObject {
  if (raw.length === 0 || contentType.startsWith('multipart/')) return {}
  const text = raw.toString('utf8')
  if (contentType.startsWith('application/x-www-form-urlencoded')) return formFields(text)
  if (!contentType.includes('json') && !text.startsWith('{')) return {}
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    throw new GraphError(400, { message: '(#100) Invalid JSON in request body', type: 'OAuthException', code: 100 })
  }
}

function formFields(text: string): JsonObject {
  const fields: JsonObject = {}
  for (const [name, value] of new URLSearchParams(text)) {
    const list = /^(.+)\[\d*\]$/.exec(name)?.[1]
    if (list === undefined) fields[name] = readIfJson(value)
    else fields[list] = [...(Array.isArray(fields[list]) ? fields[list] : []), value]
  }
  return fields
}

function readIfJson(value: string): JsonObject | string | JsonObject[] {
  if (!/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as JsonObject
  } catch {
    return value
  }
}

export async function answerGraph(sim: Sim, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  const path = mark === -1 ? url : url.slice(0, mark)
  let reply: Reply
  try {
    const raw = await readBody(request)
    const query = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1))
    const fields = parseFields(raw, request.headers['content-type'] ?? '')
    const call: Call = {
      method: request.method ?? 'GET',
      path: decodeURIComponent(path),
      query,
      headers: request.headers,
      raw,
      // Graph takes a parameter from the address as well as from the body.
      body: query.size === 0 ? fields : { ...Object.fromEntries(query), ...fields },
    }
    reply = await graphCall(sim, call)
  } catch (error) {
    reply = errorReply(error)
    if (sim.live.watched) tellRefused(sim, request, { path, reply })
  }
  await write(response, reply, path)
}

function tellRefused(sim: Sim, request: IncomingMessage, { path, reply }: { path: string; reply: Reply }): void {
  sim.live.tell('refused', { method: request.method, path, status: reply.status, ...reply.json })
}

function errorReply(error: unknown): Reply {
  if (error instanceof GraphError) {
    const message = error.message.replaceAll('"', "'")
    return {
      status: error.status,
      json: { error: { ...error.error, fbtrace_id: traceId() } },
      headers: {
        'www-authenticate': `OAuth "Facebook Platform" "invalid_request" "${message.replaceAll(/[^\x20-\x7e]/g, '?')}"`,
        'cache-control': 'no-store',
      },
    }
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  return {
    status: 500,
    json: {
      error: { message: '(#131000) Something went wrong', type: 'OAuthException', code: 131000, fbtrace_id: traceId() },
    },
  }
}

function headersOf(reply: Reply, path: string): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=UTF-8',
    'cache-control': 'private, no-cache, no-store, must-revalidate',
    'x-fb-trace-id': traceId(),
    'x-fb-request-id': traceId(),
  }
  const asked = /^\/v(\d+)\.\d+\//.exec(path)?.[1]
  const outdated = asked !== undefined && Number(asked) < OLDEST_VERSION
  headers['facebook-api-version'] = asked === undefined || outdated ? CURRENT_VERSION : `v${asked}.0`
  if (outdated) {
    headers['x-ad-api-version-warning'] =
      `The call has been auto-upgraded to ${CURRENT_VERSION} as v${asked}.0 has been deprecated.`
  }
  if (reply.wabaId === undefined) headers['x-app-usage'] = '{"call_count":0,"total_cputime":0,"total_time":0}'
  else {
    headers['x-business-use-case-usage'] =
      `{"${reply.wabaId}":[{"type":"${reply.usage ?? 'whatsapp'}","call_count":1,"total_cputime":1,"total_time":1,` +
      '"estimated_time_to_regain_access":0}]}'
  }
  return { ...headers, ...reply.headers }
}

async function write(response: ServerResponse, reply: Reply, path: string): Promise<void> {
  const body = reply.bytes ?? graphJson(reply.json ?? {})
  const headers = headersOf(reply, path)
  headers['content-length'] = String(typeof body === 'string' ? Buffer.byteLength(body) : body.length)
  if (response.req.method === 'GET' && reply.status === 200 && headers['etag'] === undefined) {
    headers['etag'] = `"${createHash('sha1').update(body).digest('hex')}"`
  }
  const { transport } = reply
  if (transport?.kind === 'reset') {
    response.socket?.resetAndDestroy()
    return
  }
  if (transport?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, transport.ms).unref())
  response.writeHead(reply.status, headers)
  if (transport?.kind === 'reset_after_headers') {
    response.flushHeaders()
    setTimeout(() => response.socket?.resetAndDestroy(), 20)
    return
  }
  if (transport?.kind === 'drip') return drip(response, Buffer.from(body), transport.ms)
  response.end(body)
}

function drip(response: ServerResponse, body: Buffer, everyMs: number): void {
  let sent = 0
  response.flushHeaders()
  const timer = setInterval(() => {
    if (sent < body.length && !response.destroyed) {
      response.write(body.subarray(sent, sent + 1))
      sent += 1
      return
    }
    clearInterval(timer)
    response.end()
  }, everyMs)
  timer.unref()
}
