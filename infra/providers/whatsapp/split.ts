import { createHash } from 'node:crypto'
import { type JsonRefusal, refuseHugeJson } from '../../http/json-guard.ts'

/** What a webhook item is about; each kind has its own way through intake. */
export const ITEM_KINDS = [
  'message',
  'status',
  'echo',
  'preference',
  'call',
  'template',
  'account',
  'errors',
  'probe',
  'unknown',
  'bad',
] as const
export type ItemKind = (typeof ITEM_KINDS)[number]

type Json = Record<string, unknown>

/** One item cut out of its body, with everything that is needed to understand it alone. This is what gets stored. */
export type RawItem = {
  kind: ItemKind
  key: string
  field: string
  wabaId?: string
  phoneNumberId?: string
  timeSeconds?: number
  /** The entry of `contacts[]` that speaks of the same person, where one can be told. */
  contact?: Json
  /** Errors of the whole value, kept beside a message because they explain why its body is missing. */
  valueErrors?: unknown[]
  reason?: string
  body: unknown
}

export type SplitItem = {
  key: string
  kind: ItemKind
  phoneNumberId: string | undefined
  wabaId: string | undefined
  item: RawItem
}

export type Unparsable = 'not_json' | 'other_object' | 'no_entries' | JsonRefusal
export type SplitWebhook = { items: SplitItem[]; unparsable?: Unparsable }

/** A field that no provider has: what the house posts to itself, to see whether it would hear a provider. */
export const PROBE_FIELD = 'holdfast_probe'

/** The key has an index on it, so no sender may make it arbitrarily long. */
const KEY_LENGTH_MAX = 400

const TEMPLATE_FIELDS = new Set([
  'message_template_status_update',
  'message_template_quality_update',
  'message_template_components_update',
  'template_category_update',
])
const ACCOUNT_FIELDS = new Set([
  'phone_number_quality_update',
  'phone_number_name_update',
  'account_update',
  'account_alerts',
  'account_review_update',
  'account_settings_update',
  'business_capability_update',
  'business_username_update',
  'security',
  'flows',
  'history',
  'smb_app_state_sync',
  'group_lifecycle_update',
  'group_participants_update',
  'group_settings_update',
  'group_status_update',
  'automatic_events',
  'partner_solutions',
  'payment_configuration_update',
  'tracking_events',
])

/** Arrays in a value whose elements are items of their own. */
const LISTS = [
  ['messages', 'message'],
  ['statuses', 'status'],
  ['message_echoes', 'echo'],
  ['user_preferences', 'preference'],
  ['calls', 'call'],
] as const

/**
 * Cuts a webhook body into its items, each with a provider key that is the same at every redelivery. Cheap enough for
 * the acknowledge path: one parse, no validation. An item that makes no sense becomes `bad` and leaves its neighbours
 * alone; a body that makes no sense as a whole has no items and says why in `unparsable`.
 */
export function splitWebhook(raw: Uint8Array): SplitWebhook {
  const refusal = refuseHugeJson(raw)
  if (refusal !== undefined) return { items: [], unparsable: refusal }
  const parsed = parseBody(raw)
  if (!isObject(parsed)) return { items: [], unparsable: 'not_json' }
  if (parsed['object'] !== undefined && parsed['object'] !== 'whatsapp_business_account') {
    return { items: [], unparsable: 'other_object' }
  }
  const entries = parsed['entry']
  if (!Array.isArray(entries) || entries.length === 0) return { items: [], unparsable: 'no_entries' }
  const items: SplitItem[] = []
  for (const entry of entries) splitEntry(entry, items)
  return { items }
}

/** Template ids are JSON numbers and may exceed what a double holds, so long ones are read as text. */
const LONG_TEMPLATE_ID = /"message_template_id"(\s*:\s*)(\d{16,})/g
const NEEDS_CLEANING = /\\u(?:0000|[dD][89a-fA-F])/

function parseBody(raw: Uint8Array): unknown {
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('utf8')
  try {
    const parsed: unknown = JSON.parse(text.replace(LONG_TEMPLATE_ID, '"message_template_id"$1"$2"'))
    return NEEDS_CLEANING.test(text) ? storable(parsed) : parsed
  } catch {
    return undefined
  }
}

/** Postgres takes neither NUL nor half a surrogate pair: one such character would refuse the whole batch. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '\ufffd')
  if (Array.isArray(value)) return value.map(storable)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), storable(inner)]))
}

type Place = { field: string; wabaId?: string; timeSeconds?: number; phoneNumberId?: string }

function splitEntry(entry: unknown, items: SplitItem[]): void {
  if (!isObject(entry)) {
    push(items, { field: '' }, 'bad', undefined, entry, { reason: 'entry_not_an_object' })
    return
  }
  const place: Place = { field: '' }
  const wabaId = idText(entry['id'])
  if (wabaId !== undefined) place.wabaId = wabaId
  if (typeof entry['time'] === 'number') place.timeSeconds = entry['time']
  if (!Array.isArray(entry['changes'])) {
    push(items, place, 'bad', undefined, entry, { reason: 'changes_not_a_list' })
    return
  }
  for (const change of entry['changes']) splitChange(change, place, items)
}

function splitChange(change: unknown, entryPlace: Place, items: SplitItem[]): void {
  const field = isObject(change) && typeof change['field'] === 'string' ? change['field'] : ''
  const value = isObject(change) ? change['value'] : undefined
  const place: Place = { ...entryPlace, field }
  if (!isObject(value)) {
    push(items, place, 'bad', undefined, change, { reason: 'value_not_an_object' })
    return
  }
  const metadata = value['metadata']
  const phoneNumberId = isObject(metadata) ? idText(metadata['phone_number_id']) : undefined
  if (phoneNumberId !== undefined) place.phoneNumberId = phoneNumberId

  if (field === PROBE_FIELD) {
    push(items, place, 'probe', undefined, value)
    return
  }
  if (TEMPLATE_FIELDS.has(field)) {
    push(items, place, 'template', undefined, value)
    return
  }
  if (ACCOUNT_FIELDS.has(field)) {
    push(items, place, 'account', undefined, value)
    return
  }
  const before = items.length
  for (const [name, kind] of LISTS) {
    const list = value[name]
    if (Array.isArray(list)) for (const body of list) pushListed(items, place, kind, body, value)
    else if (list !== undefined) push(items, place, 'bad', undefined, list, { reason: `${name}_not_a_list` })
  }
  if (Array.isArray(value['errors'])) push(items, place, 'errors', undefined, value)
  if (items.length === before) push(items, place, 'unknown', undefined, value)
}

type ListedKind = (typeof LISTS)[number][1]

function pushListed(items: SplitItem[], place: Place, listed: ListedKind, body: unknown, value: Json): void {
  if (!isObject(body)) {
    push(items, place, 'bad', undefined, body, { reason: `${listed}_not_an_object` })
    return
  }
  const kind = listed === 'status' && (body['type'] === 'call' || place.field === 'calls') ? 'call' : listed
  const identity = identityOf(kind, body)
  if (identity === undefined) {
    push(items, place, 'bad', undefined, body, { reason: `${listed}_without_id` })
    return
  }
  const extra: Partial<RawItem> = {}
  const contact = contactOf(body, value['contacts'])
  if (contact !== undefined) extra.contact = contact
  if (kind === 'message' && Array.isArray(value['errors'])) extra.valueErrors = value['errors']
  push(items, place, kind, identity, body, extra)
}

/** The part of the key that the provider guarantees; undefined where the item cannot be told from another. */
function identityOf(kind: ItemKind, body: Json): string | undefined {
  const id = idText(body['id'])
  if (kind === 'preference') {
    const person = idText(body['wa_id']) ?? idText(body['user_id'])
    return person && [person, body['category'], body['value'], body['timestamp']].join('|')
  }
  if (id === undefined) return undefined
  if (kind === 'status') return [id, idText(body['status']) ?? '', recipientOf(body)].join('|')
  if (kind === 'call') return [id, body['event'] ?? body['status'] ?? '', body['timestamp'] ?? ''].join('|')
  return id
}

/** One send to a group has a status per participant. */
function recipientOf(body: Json): string {
  return idText(body['recipient_participant_id'] ?? body['recipient_id'] ?? body['recipient_user_id']) ?? ''
}

function push(
  items: SplitItem[],
  place: Place,
  kind: ItemKind,
  identity: string | undefined,
  body: unknown,
  extra: Partial<RawItem> = {},
): void {
  const { phoneNumberId, wabaId } = place
  // Scoped, so that one tenant cannot occupy the key of another's message with an invented item of its own.
  const scope = `${phoneNumberId ?? wabaId ?? ''}|`
  const plain = identity === undefined ? '' : `${kind}|${scope}${identity}`
  const key = plain !== '' && plain.length <= KEY_LENGTH_MAX ? plain : `${kind}|${scope}${digest([place, body])}`
  items.push({ key, kind, phoneNumberId, wabaId, item: { kind, key, ...place, ...extra, body } })
}

function digest(value: unknown): string {
  return `#${createHash('sha256').update(JSON.stringify(value)).digest('base64url')}`
}

/**
 * Finds the entry of `contacts[]` for one message, status or call. Ids decide; a single entry without any comparable id
 * is taken as well, since username users may be named by one kind of id here and by the other there.
 */
function contactOf(body: Json, contacts: unknown): Json | undefined {
  if (!Array.isArray(contacts)) return undefined
  const phones = new Set([body['from'], body['to'], body['recipient_id'], body['wa_id']].map(idText))
  const users = new Set(
    [body['from_user_id'], body['to_user_id'], body['recipient_user_id'], body['user_id']].map(idText),
  )
  phones.delete(undefined)
  users.delete(undefined)
  let comparable = false
  for (const contact of contacts) {
    if (!isObject(contact)) continue
    const waId = idText(contact['wa_id'])
    const userId = idText(contact['user_id'])
    if (
      (waId !== undefined && phones.has(waId)) ||
      (userId !== undefined && (users.has(userId) || phones.has(userId)))
    ) {
      return contact
    }
    comparable ||= (waId !== undefined && phones.size > 0) || (userId !== undefined && users.size > 0)
  }
  return !comparable && contacts.length === 1 && isObject(contacts[0]) ? contacts[0] : undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Ids come as text, now and then as a number; anything else, and the empty text, is no id. */
export function idText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
