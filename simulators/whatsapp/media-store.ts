import { createHash, createHmac } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SimClock } from './clock.ts'
import type { MediaUse } from './graph/media-use.ts'
import { objectId } from './ids.ts'
import type { MediaItem } from './model.ts'
import { sampleMedia } from './samples.ts'
import type { World } from './world.ts'

const LINK_MS = 5 * 60_000
const UPLOADED_MS = 30 * 24 * 3_600_000
const RECEIVED_MS = 7 * 24 * 3_600_000
const MB = 1024 * 1024

type MediaRule = { types: RegExp; maxBytes: number }

/** What may be sent as what, and how large. */
export const MEDIA_RULES: Readonly<Record<string, MediaRule>> = {
  image: { types: /^image\/(jpeg|png)$/, maxBytes: 5 * MB },
  video: { types: /^video\/(mp4|3gpp)$/, maxBytes: 16 * MB },
  audio: { types: /^audio\/(aac|amr|mpeg|mp4|ogg)/, maxBytes: 16 * MB },
  sticker: { types: /^image\/webp$/, maxBytes: 500 * 1024 },
  document: {
    types:
      /^(text\/plain|text\/csv|application\/(pdf|msword|vnd\.ms-(excel|powerpoint)|vnd\.openxmlformats-officedocument\..+)|image\/(jpeg|png))/,
    maxBytes: 100 * MB,
  },
}

export const isAllowedType = (mimeType: string): boolean =>
  Object.values(MEDIA_RULES).some((rule) => rule.types.test(mimeType))

export type MediaDeps = { dataDir: string; world: World; clock: SimClock; secret: string }

export class MediaStore {
  /** Where download links point; known once the server listens. */
  baseUrl = ''
  readonly #deps: MediaDeps
  readonly #samples = new Map<string, string>()

  constructor(deps: MediaDeps) {
    this.#deps = deps
  }

  add(bytes: Uint8Array, facts: { mimeType: string; fileName?: string; from: 'business' | 'customer' }): MediaItem {
    const item: MediaItem = {
      id: objectId(),
      mimeType: facts.mimeType,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
      ...(facts.fileName === undefined ? {} : { fileName: facts.fileName }),
      expiresAtMs: this.#deps.clock.now() + (facts.from === 'business' ? UPLOADED_MS : RECEIVED_MS),
    }
    writeFileSync(this.#pathOf(item.id), bytes)
    this.#deps.world.saveMedia(item)
    return item
  }

  find(id: string): MediaItem | undefined {
    const item = this.#deps.world.media.get(id)
    return item && item.expiresAtMs > this.#deps.clock.now() ? item : undefined
  }

  read(item: MediaItem): Uint8Array {
    return existsSync(this.#pathOf(item.id)) ? readFileSync(this.#pathOf(item.id)) : new Uint8Array()
  }

  remove(id: string): void {
    rmSync(this.#pathOf(id), { force: true })
    this.#deps.world.deleteMedia(id)
  }

  /** A picture, a page or a sound that stands for what a person would have sent. */
  sample(type: string): MediaItem {
    const known = this.find(this.#samples.get(type) ?? '')
    if (known) return known
    const made = sampleMedia(type)
    const item = this.add(made.bytes, { mimeType: made.mimeType, fileName: made.fileName, from: 'customer' })
    this.#samples.set(type, item.id)
    return item
  }

  signedUrl(item: MediaItem): string {
    const ext = Math.floor((this.#deps.clock.now() + LINK_MS) / 1000)
    const hash = this.#hash(item.id, String(ext))
    return `${this.baseUrl}/whatsapp_business/attachments/?mid=${item.id}&ext=${ext}&hash=${hash}`
  }

  /** The item behind a link that is whole and not older than five minutes. */
  fromLink(query: URLSearchParams): MediaItem | undefined {
    const mid = query.get('mid') ?? ''
    const ext = query.get('ext') ?? ''
    if (query.get('hash') !== this.#hash(mid, ext)) return undefined
    return Number(ext) * 1000 > this.#deps.clock.now() ? this.find(mid) : undefined
  }

  /** Links outside this machine are taken on trust; uploaded files are held against the rules of their use. */
  suits(use: MediaUse): boolean {
    const rule = MEDIA_RULES[use.kind]
    const item = use.id === undefined ? undefined : this.#deps.world.media.get(use.id)
    if (!rule || !item) return true
    return rule.types.test(item.mimeType) && item.sizeBytes <= rule.maxBytes
  }

  #hash(mid: string, ext: string): string {
    return createHmac('sha256', this.#deps.secret).update(`${mid}.${ext}`).digest('base64url')
  }

  #pathOf(id: string): string {
    return join(this.#deps.dataDir, 'media', id.replace(/\D/g, ''))
  }
}
