import { apiError } from '../errors.ts'
import type { Json } from '../json.ts'
import type { MediaStore } from '../media-store.ts'
import { missing, paramError, requireLink, requireObject } from './checks.ts'

/** Media that a message points at: an uploaded id, or a link for the provider to fetch. */
export type MediaUse = { kind: string; id?: string; link?: string }

export function requireKnownMedia(use: MediaUse, media: MediaStore): void {
  if (use.id !== undefined && media.find(use.id) === undefined) {
    throw apiError(100, `Media with id ${use.id} does not exist or has expired.`)
  }
}

export function checkMediaPart(value: Json | undefined, name: string, kind: string): MediaUse {
  const media = requireObject(value, name)
  if (media['id'] !== undefined) {
    if (media['link'] !== undefined)
      throw paramError(`Params ${name}['id'] and ${name}['link'] are mutually exclusive.`)
    return { kind, id: String(media['id']) }
  }
  if (media['link'] === undefined) throw missing(`${name}.id or ${name}.link`)
  return { kind, link: requireLink(media['link'], `${name}['link']`) }
}
