import { createHmac } from 'node:crypto'
import { graphJson, type JsonObject } from './json.ts'
import type { BusinessNumber, Customer } from './model.ts'

export type WebhookItem = {
  /** `m:<id>` or `s:<id>:<status>`: items that must outlive a restart. */
  key?: string
  kind: 'message' | 'status' | 'account'
  field: string
  wabaId: string
  number?: BusinessNumber
  /** Items of one lane arrive one after the other. */
  lane: string
  contact?: JsonObject
  payload: JsonObject
}

type Change = { field: string; value: JsonObject }

/** One POST: entries by account, changes by number and kind, many messages or statuses in each. */
export function webhookBody(items: readonly WebhookItem[], nowMs: number): string {
  const entries = new Map<string, { id: string; time?: number; changes: Change[] }>()
  const open = new Map<string, JsonObject>()
  for (const item of items) {
    let entry = entries.get(item.wabaId)
    if (!entry) {
      entry = { id: item.wabaId, ...(item.kind === 'account' ? { time: Math.floor(nowMs / 1000) } : {}), changes: [] }
      entries.set(item.wabaId, entry)
    }
    if (item.kind === 'account' || !item.number) {
      entry.changes.push({ field: item.field, value: item.payload })
      continue
    }
    const place = `${item.number.id}|${item.field}|${item.kind}`
    let value = open.get(place)
    if (!value) {
      value = emptyValue(item.number)
      open.set(place, value)
      entry.changes.push({ field: item.field, value })
    }
    append(value, item)
  }
  return graphJson({ object: 'whatsapp_business_account', entry: [...entries.values()] })
}

function emptyValue(number: BusinessNumber): JsonObject {
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: number.digits, phone_number_id: number.id },
  }
}

const LIST_OF: Readonly<Record<string, string>> = {
  message: 'messages',
  status: 'statuses',
}

function append(value: JsonObject, item: WebhookItem): void {
  if (item.contact) {
    const contacts = Array.isArray(value['contacts']) ? value['contacts'] : []
    const same = JSON.stringify(item.contact)
    if (!contacts.some((contact) => JSON.stringify(contact) === same)) contacts.push(item.contact)
    value['contacts'] = contacts
  }
  const name = item.field === 'user_preferences' ? 'user_preferences' : (LIST_OF[item.kind] ?? 'messages')
  const list = Array.isArray(value[name]) ? value[name] : []
  list.push(item.payload)
  value[name] = list
}

export function contactOf(customer: Customer): JsonObject {
  return {
    profile: { name: customer.name, ...(customer.username ? { username: customer.username } : {}) },
    ...(customer.waId ? { wa_id: customer.waId } : {}),
    user_id: customer.userId,
  }
}

export function signatureHeaders(body: string | Buffer, appSecret: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'facebookexternalua',
    'x-hub-signature': `sha1=${createHmac('sha1', appSecret).update(body).digest('hex')}`,
    'x-hub-signature-256': `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`,
  }
}
