import { apiError } from '../errors.ts'
import { isObject, type Json, type JsonObject } from '../json.ts'
import type { MediaStore } from '../media-store.ts'
import { invalid, missing, optionalText, paramError, requireList, requireObject, requireText } from './checks.ts'
import { checkInteractive } from './interactive.ts'
import { checkMediaPart, type MediaUse, requireKnownMedia } from './media-use.ts'

/** Checks the part of a message that its type names; gives back the media it needs. Templates are checked elsewhere. */
export function checkContent(type: string, body: JsonObject, store: MediaStore): MediaUse[] {
  const check = TYPES[type]
  if (!check) throw apiError(131051, `Message type '${type}' is not currently supported.`)
  const uses = check(body[type])
  for (const use of uses) requireKnownMedia(use, store)
  return uses
}

const media =
  (kind: string, withCaption = false) =>
  (value: Json | undefined): MediaUse[] => {
    const use = checkMediaPart(value, kind, kind)
    const part = isObject(value) ? value : {}
    if (withCaption) optionalText(part['caption'], { name: `${kind}.caption`, max: 1024 })
    if (kind === 'document') optionalText(part['filename'], { name: 'document.filename', max: 240 })
    return [use]
  }

function checkText(value: Json | undefined): MediaUse[] {
  const text = requireObject(value, 'text')
  const body = text['body']
  if (body === undefined || body === null || body === '') throw paramError("The parameter text['body'] is required.")
  if (typeof body !== 'string') throw paramError("Param text['body'] must be a string.")
  if (body.length > 4096 && [...body].length > 4096) {
    throw paramError("Param text['body'] must be at most 4096 characters long.")
  }
  return []
}

function checkLocation(value: Json | undefined): MediaUse[] {
  const location = requireObject(value, 'location')
  for (const [name, limit] of [
    ['latitude', 90],
    ['longitude', 180],
  ] as const) {
    if (location[name] === undefined) throw missing(`location.${name}`)
    const degrees = Number(location[name])
    if (location[name] === '' || Number.isNaN(degrees) || Math.abs(degrees) > limit) {
      throw invalid(`location.${name} is not valid.`)
    }
  }
  optionalText(location['name'], { name: 'location.name', max: 1000 })
  optionalText(location['address'], { name: 'location.address', max: 1000 })
  return []
}

function checkContacts(value: Json | undefined): MediaUse[] {
  for (const entry of requireList(value, { name: 'contacts', min: 1, max: 257 })) {
    const name = requireObject(requireObject(entry, 'contact')['name'], 'contacts.name')
    requireText(name['formatted_name'], { name: 'contacts.name.formatted_name', max: 1024 })
    const parts = ['first_name', 'last_name', 'middle_name', 'prefix', 'suffix']
    if (!parts.some((part) => typeof name[part] === 'string')) {
      throw invalid('contacts.name needs at least one of first_name, last_name, middle_name, prefix, suffix.')
    }
  }
  return []
}

function checkReaction(value: Json | undefined): MediaUse[] {
  const reaction = requireObject(value, 'reaction')
  requireText(reaction['message_id'], { name: 'reaction.message_id', max: 512 })
  const emoji = reaction['emoji']
  if (emoji === undefined) throw missing('reaction.emoji')
  if (
    typeof emoji !== 'string' ||
    (emoji !== '' && !/^\P{ASCII}/u.test(emoji) && !/^[#*0-9]\uFE0F?\u20E3$/u.test(emoji))
  ) {
    throw invalid('reaction.emoji is not an emoji.')
  }
  return []
}

const TYPES: Readonly<Record<string, (value: Json | undefined) => MediaUse[]>> = {
  text: checkText,
  image: media('image', true),
  video: media('video', true),
  document: media('document', true),
  audio: media('audio'),
  sticker: media('sticker'),
  location: checkLocation,
  contacts: checkContacts,
  reaction: checkReaction,
  interactive: checkInteractive,
}
