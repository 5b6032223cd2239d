import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { labelledPreview } from '#domain/messages/preview.ts'
import { InboundContent } from '#domain/messages/schema.ts'
import { type InboundItem, mapItem, parseWebhook, splitWebhook } from '#infra/providers/whatsapp/inbound.ts'

/** Real payloads from public sources, kept beside the project; where they are absent the tests are skipped by name. */
const CORPUS = join(import.meta.dirname, '../../../shared/fixtures')
const present = existsSync(join(CORPUS, 'manifest.json'))

type Expected = Record<string, unknown> & { kind: string }
type Entry = { file: string; set: string; expected: { events?: Expected[] } }
const entries: Entry[] = present
  ? (JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as { items: Entry[] }).items
  : []

/** What one of our items says, in the words of the manifest. */
function seen(item: InboundItem): Record<string, unknown> {
  const place = { field: item.raw.field, waba_id: item.wabaId, phone_number_id: item.phoneNumberId }
  switch (item.kind) {
    case 'message':
      return {
        ...place,
        kind: 'message',
        id: item.externalId,
        from: item.from.externalIds.waId,
        from_user_id: item.from.externalIds.userId,
        profile_name: item.from.profileName,
        timestamp: item.sentAtMs === undefined ? undefined : item.sentAtMs / 1_000,
        type: item.wireType,
        ...contentWords(item.content),
        context_id: item.context?.externalId,
        forwarded: item.context?.forwarded !== undefined,
        referral: item.referral !== undefined,
        error_codes: item.errors.map(({ code }) => code),
      }
    case 'echo': {
      const { from } = item.raw.body as { from: string }
      const sentAt = item.sentAtMs! / 1_000
      const { externalId: id, wireType: type } = item
      return { ...place, kind: 'echo', id, from, to: item.to.externalIds.waId, timestamp: sentAt, type }
    }
    case 'status':
      return {
        ...place,
        kind: 'status',
        id: item.externalId,
        status: item.status,
        recipient: item.recipient.externalIds.waId,
        recipient_user_id: item.recipient.externalIds.userId,
        timestamp: item.atMs! / 1_000,
        callback_data: item.callbackData,
        billable: item.pricing?.billable,
        category: item.pricing?.category,
        conversation_id: item.conversation?.id,
        error_codes: item.errors.map(({ code }) => code),
      }
    case 'call': {
      const isStatus = 'status' in (item.raw.body as object)
      const call = { ...place, kind: isStatus ? 'call_status' : 'calls', id: item.externalId, type: item.event }
      const peer = { recipient: item.peer.externalIds.waId, timestamp: item.atMs! / 1_000 }
      return { ...call, ...peer, status: item.event.toUpperCase(), callback_data: item.callbackData }
    }
    case 'errors':
      return { ...place, kind: 'error', error_codes: item.errors.map(({ code }) => code) }
    case 'template':
      return { ...place, kind: 'other', event: item.event, template: item.name }
    case 'account': {
      const { groups } = item.raw.body as { groups?: { group_id: string }[] }
      const kind = groups === undefined ? 'other' : 'groups'
      return { ...place, kind, event: item.event, type: item.event, id: groups?.[0]?.group_id }
    }
    default:
      return { ...place, kind: item.kind }
  }
}

function contentWords(content: InboundContent): Record<string, unknown> {
  const media = 'media' in content ? { media_id: content.media.providerMediaId } : {}
  switch (content.kind) {
    case 'tap':
      return { text: content.title, reply_id: content.id }
    case 'reaction':
      return { text: content.emoji ?? '' }
    case 'location':
      return { text: content.name ?? content.address }
    case 'contacts':
      return {
        text: content.contacts.map((card) => (card['name'] as { formatted_name: string }).formatted_name).join('; '),
      }
    case 'order':
      return { text: content.text ?? '' }
    case 'form_reply':
    case 'text':
    case 'system':
    case 'unsupported':
      return { text: content.text }
    default:
      return { ...media, text: 'caption' in content ? content.caption : undefined }
  }
}

/** Names in the manifest that say what the wire said; our items keep them in `raw` or in the kind of the content. */
const BESIDE = new Set(['subtype'])

for (const { file, expected } of entries.filter(({ set }) => set === 'webhook')) {
  test(`real webhook ${file} says what its source says`, () => {
    const raw = readFileSync(join(CORPUS, file))
    const { items, unparsable } = parseWebhook(raw)
    assert.equal(unparsable, undefined)
    const events = expected.events ?? []
    assert.deepEqual(
      items
        .map(seen)
        .map(({ kind }) => kind)
        .sort(),
      events.map(({ kind }) => kind).sort(),
    )
    const unmatched = items.map(seen)
    for (const event of events) {
      const at = unmatched.findIndex(({ kind, id }) => kind === event.kind && (event['id'] ?? id) === id)
      const [item] = unmatched.splice(at, 1)
      for (const [name, value] of Object.entries(event)) {
        if (!BESIDE.has(name)) assert.deepEqual(item?.[name], value, `${name} of ${event.kind}`)
      }
    }
    for (const item of items) {
      if (item.kind !== 'message' && item.kind !== 'echo') continue
      assert.deepEqual(InboundContent.parse(item.content), item.content, 'the content fits the contract')
      assert.equal(typeof labelledPreview(item.content), 'string')
    }
  })

  test(`real webhook ${file} has the same keys however often it comes, and survives storage`, () => {
    const raw = readFileSync(join(CORPUS, file))
    const first = splitWebhook(raw).items
    assert.deepEqual(
      splitWebhook(Buffer.from(raw)).items.map(({ key }) => key),
      first.map(({ key }) => key),
    )
    const ids = first.map(({ item }) => JSON.stringify([item.kind, (item.body as { id?: string }).id ?? item.body]))
    assert.equal(new Set(first.map(({ key }) => key)).size, new Set(ids).size)
    for (const { item } of first) {
      const stored = JSON.parse(JSON.stringify(item))
      assert.deepEqual(mapItem(stored), mapItem(item))
    }
  })
}

test('the corpus of real payloads', { skip: present ? false : 'absent: ../shared/fixtures' }, () => {
  assert.ok(entries.length > 100)
})
