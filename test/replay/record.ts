import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { WorkflowHandle } from '@temporalio/client'
import type { Payload, PayloadCodec } from '@temporalio/common'
import { historyToJSON, JSONToPayload, payloadToJSON } from '@temporalio/common/lib/proto-utils.js'
import { SEALED_ENCODING } from '#temporal/codec.ts'

type JsonPayload = { metadata?: Record<string, string>; data?: string }

const SEALED = Buffer.from(SEALED_ENCODING).toString('base64')

/**
 * Writes the history of a run as JSON for the replay gate. With a codec its payloads are written in clear, so that the
 * file outlives every key; only record what was made up for it.
 */
export async function recordHistory(
  handle: Pick<WorkflowHandle, 'fetchHistory'>,
  file: string,
  codec?: PayloadCodec,
): Promise<void> {
  // `historyToJSON` only understands what its own copy of protobufjs has made: there must be exactly one in the tree.
  const history: unknown = JSON.parse(historyToJSON(await handle.fetchHistory()))
  const readable = codec === undefined ? history : await decodeWithin(history, codec)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(readable, null, 1)}\n`)
}

async function decodeWithin(value: unknown, codec: PayloadCodec): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((item) => decodeWithin(item, codec)))
  if (typeof value !== 'object' || value === null) return value
  const { metadata, data } = value as JsonPayload
  if (metadata?.['encoding'] === SEALED) {
    // Without a context: the envelope itself says where it belongs, and the key says that this is true.
    const [payload] = await codec.decode([JSONToPayload({ metadata, data: data ?? null })])
    return withoutStack(payload!)
  }
  const entries = Object.entries(value).map(async ([key, item]) => [key, await decodeWithin(item, codec)] as const)
  return Object.fromEntries(await Promise.all(entries))
}

/** Stack traces name folders of the machine they were made on, and no replay looks at them. */
function withoutStack(payload: Payload): JsonPayload {
  const json = payloadToJSON(payload) as JsonPayload
  const text = Buffer.from(payload.data ?? []).toString('utf8')
  if (!text.includes('"stack_trace"')) return json
  const bare = JSON.stringify({ ...JSON.parse(text), stack_trace: '' })
  return { ...json, data: Buffer.from(bare).toString('base64') }
}
