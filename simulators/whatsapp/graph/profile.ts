import { apiError, unknownObject } from '../errors.ts'
import { isObject, type Json, type JsonObject, listAt, stringAt } from '../json.ts'
import { type BusinessNumber, threadKey } from '../model.ts'
import type { Sim } from '../sim.ts'
import { optionalText, paramError, requireText } from './checks.ts'
import { pickFields } from './fields.ts'
import type { Reply } from './reply.ts'
import { success } from './reply.ts'
import type { Call } from './router.ts'

const LIMITS: Readonly<Record<string, number>> = { about: 139, address: 256, description: 512, email: 128 }
const PROFILE_FIELDS = ['about', 'address', 'description', 'email', 'profile_picture_url', 'websites', 'vertical']
const VERTICALS = new Set(
  (
    'OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT PROF_SERVICES RETAIL ' +
    'TRAVEL RESTAURANT ALCOHOL ONLINE_GAMBLING PHYSICAL_GAMBLING OTC_DRUGS UNDEFINED'
  ).split(' '),
)

const management = (number: BusinessNumber) =>
  ({ wabaId: number.wabaId, usage: 'whatsapp_business_management' }) as const

export function businessProfile(sim: Sim, number: BusinessNumber, call: Call): Reply {
  if (call.method === 'GET') {
    const known: JsonObject = { vertical: 'UNDEFINED', ...number.profile }
    const view = { ...pickFields(known, call.query, PROFILE_FIELDS), messaging_product: 'whatsapp' }
    return { status: 200, json: { data: [view] }, ...management(number) }
  }
  if (call.method !== 'POST') throw unknownObject(number.id, call.method)
  const { body } = call
  if (body['messaging_product'] !== 'whatsapp') throw paramError('The parameter messaging_product is required.')
  for (const [name, max] of Object.entries(LIMITS)) {
    const text = optionalText(body[name], { name, max })
    if (text !== undefined) number.profile[name] = text
  }
  const vertical = stringAt(body, 'vertical')
  if (vertical !== undefined && !VERTICALS.has(vertical))
    throw paramError('Param vertical must be one of the known industries.')
  if (vertical !== undefined) number.profile['vertical'] = vertical
  const websites = listAt(body, 'websites')
  if (websites.length > 2) throw paramError('Param websites must have at most 2 elements.')
  if (body['websites'] !== undefined) {
    number.profile['websites'] = websites.map((site) => requireText(site, { name: 'websites', max: 256 }))
  }
  const handle = stringAt(body, 'profile_picture_handle')
  if (handle)
    number.profile['profile_picture_url'] =
      `${sim.media.baseUrl}/whatsapp_business/attachments/?mid=${handle.split(':').at(-1)}`
  sim.world.saveNumber(number)
  return success(management(number))
}

/** Only people who wrote within a day can be blocked. */
export function blockUsers(sim: Sim, number: BusinessNumber, call: Call): Reply {
  if (call.method === 'GET') {
    const data = number.blocked.map((key) => {
      const customer = sim.world.customerOf(key)
      return { messaging_product: 'whatsapp', ...(customer?.waId ? { wa_id: customer.waId } : { user_id: key }) }
    })
    return { status: 200, json: { data }, wabaId: number.wabaId, usage: 'whatsapp' }
  }
  const done: JsonObject[] = []
  const failed: JsonObject[] = []
  for (const entry of listAt(call.body, 'block_users')) {
    const input = userIn(entry)
    const customer = sim.world.customerOf(input) ?? sim.world.customerOf(input.replace(/\D/g, ''))
    const openedMs = customer && sim.world.windows.get(threadKey(customer.key, number.id))
    if (!customer || (call.method === 'POST' && (openedMs ?? 0) < sim.clock.now() - 86_400_000)) {
      failed.push({ input, errors: [{ message: 'Re-engagement required', code: 131047 }] })
      continue
    }
    number.blocked = number.blocked.filter((key) => key !== customer.key)
    if (call.method === 'POST') number.blocked.push(customer.key)
    done.push({ input, ...(customer.waId ? { wa_id: customer.waId } : { user_id: customer.userId }) })
  }
  sim.world.saveNumber(number)
  const name = call.method === 'POST' ? 'added_users' : 'removed_users'
  const outcome = { [name]: done, ...(failed.length > 0 ? { failed_users: failed } : {}) }
  const error = failed.length > 0 ? { error: apiError(100, 'Some users could not be changed.').error } : {}
  return {
    status: failed.length > 0 ? 400 : 200,
    json: { messaging_product: 'whatsapp', block_users: outcome, ...error },
    wabaId: number.wabaId,
    usage: 'whatsapp',
  }
}

function userIn(entry: Json): string {
  if (!isObject(entry)) return String(entry)
  return String(entry['user'] ?? entry['user_id'] ?? entry['wa_id'] ?? '')
}

export function conversationalAutomation(sim: Sim, number: BusinessNumber, call: Call): Reply {
  if (call.method === 'GET')
    return { status: 200, json: { ...number.automation, id: number.id }, ...management(number) }
  Object.assign(number.automation, call.body)
  sim.world.saveNumber(number)
  return success(management(number))
}

/** Short links; kept with the number's automation, because nothing else needs them. */
export function qrCodes(sim: Sim, number: BusinessNumber, call: Call, code: string): Reply {
  const links = listAt(number.automation, 'qr').filter(isObject)
  const text = call.query.get('prefilled_message') ?? String(call.body['prefilled_message'] ?? '')
  if (call.method === 'GET')
    return { status: 200, json: { data: code ? links.filter((link) => link['code'] === code) : links } }
  const kept = links.filter((link) => link['code'] !== code)
  if (call.method === 'DELETE') {
    number.automation['qr'] = kept
    sim.world.saveNumber(number)
    return success(management(number))
  }
  const made = code || Math.random().toString(36).slice(2, 16).toUpperCase()
  const link = { code: made, prefilled_message: text, deep_link_url: `https://wa.me/message/${made}` }
  number.automation['qr'] = [...kept, link]
  sim.world.saveNumber(number)
  return { status: 200, json: link, ...management(number) }
}
