import { createHash, randomBytes } from 'node:crypto'
import { apiError, unknownObject } from '../errors.ts'
import { isAllowedType } from '../media-store.ts'
import type { BusinessNumber, MediaItem } from '../model.ts'
import { APP_ID } from '../seed.ts'
import type { Sim } from '../sim.ts'
import { paramError } from './checks.ts'
import type { Reply } from './reply.ts'
import { success } from './reply.ts'
import type { Call } from './router.ts'

const UPLOAD_MAX_BYTES = 100 * 1024 * 1024

export async function uploadMedia(sim: Sim, number: BusinessNumber, call: Call): Promise<Reply> {
  if (call.method !== 'POST') throw unknownObject(number.id, call.method)
  const form = await readForm(call)
  const file = form.get('file')
  if ((form.get('messaging_product') ?? call.body['messaging_product']) !== 'whatsapp')
    throw paramError('The parameter messaging_product is required.')
  if (!(file instanceof Blob)) throw paramError('The parameter file is required.')
  const declared = form.get('type')
  const mimeType = (file.type || (typeof declared === 'string' ? declared : '')).toLowerCase()
  if (!isAllowedType(mimeType)) {
    throw paramError(`Param file must be a file with a supported media type. Received file of type '${mimeType}'.`)
  }
  const bytes = new Uint8Array(await file.arrayBuffer())
  if (bytes.length === 0 || bytes.length > UPLOAD_MAX_BYTES) throw apiError(131053, 'The file is empty or too large.')
  const fileName = 'name' in file && typeof file.name === 'string' ? file.name : undefined
  const item = sim.media.add(bytes, { mimeType, ...(fileName ? { fileName } : {}), from: 'business' })
  return { status: 200, json: { id: item.id }, wabaId: number.wabaId, usage: 'whatsapp' }
}

async function readForm(call: Call): Promise<FormData> {
  try {
    const type = call.headers['content-type'] ?? ''
    return await new Response(new Uint8Array(call.raw), { headers: { 'content-type': type } }).formData()
  } catch {
    throw paramError('The body is not multipart form data.')
  }
}

export function mediaObject(sim: Sim, item: MediaItem, call: Call): Reply {
  if (call.method === 'DELETE') {
    sim.media.remove(item.id)
    return success({ usage: 'whatsapp' })
  }
  if (call.method !== 'GET') throw unknownObject(item.id, call.method)
  return {
    status: 200,
    json: {
      url: sim.media.signedUrl(item),
      mime_type: item.mimeType,
      sha256: item.sha256,
      file_size: item.sizeBytes,
      id: item.id,
      messaging_product: 'whatsapp',
    },
    usage: 'whatsapp',
  }
}

export function downloadMedia(sim: Sim, call: Call): Reply {
  const item = sim.media.fromLink(call.query)
  if (!item) return { status: 404, bytes: '', headers: { 'content-type': 'text/plain' } }
  const bytes = sim.media.read(item)
  const extension = item.mimeType.split(/[/;]/)[1] ?? 'bin'
  return {
    status: 200,
    bytes,
    headers: {
      'content-type': item.mimeType,
      'content-disposition': `inline;filename=whatsapp.${extension}`,
      etag: String(createHash('sha1').update(bytes).digest().readBigUInt64BE(0)),
    },
  }
}

const SESSIONS = new Map<string, { mimeType: string; sizeBytes: number }>()

/** Header media of templates go up in two steps and come back as a handle. */
export function resumableUpload(sim: Sim, call: Call, { id, edge }: { id: string; edge: string }): Reply {
  if (id === APP_ID) {
    if (edge !== 'uploads' || call.method !== 'POST') throw unknownObject(id, call.method)
    const field = (name: string): string => call.query.get(name) ?? String(call.body[name] ?? '')
    const session = `upload:${randomBytes(24).toString('base64url')}`
    SESSIONS.set(session, { mimeType: field('file_type'), sizeBytes: Number(field('file_length')) })
    return { status: 200, json: { id: session } }
  }
  const session = SESSIONS.get(id)
  if (!session) throw unknownObject(id, call.method)
  if (call.method === 'GET') return { status: 200, json: { id, file_offset: 0 } }
  if (call.raw.length !== session.sizeBytes) throw paramError('The upload is not complete.')
  const item = sim.media.add(new Uint8Array(call.raw), { mimeType: session.mimeType, from: 'business' })
  const name = Buffer.from(item.mimeType).toString('base64')
  return {
    status: 200,
    json: { h: `4::${name}:${item.sha256.slice(0, 40)}:e:${Math.floor(item.expiresAtMs / 1000)}:${item.id}` },
  }
}
