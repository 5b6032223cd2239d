import { unknownObject } from '../errors.ts'
import { objectId } from '../ids.ts'
import type { JsonObject } from '../json.ts'
import type { Waba } from '../model.ts'
import { businessNumber } from '../seed.ts'
import type { Sim } from '../sim.ts'
import { paramError } from './checks.ts'
import { pageOf, pickFields } from './fields.ts'
import { numberView } from './numbers.ts'
import type { Reply } from './reply.ts'
import type { Call } from './router.ts'

export function wabaFields(waba: Waba): JsonObject {
  return {
    id: waba.id,
    name: waba.name,
    timezone_id: '138',
    message_template_namespace: waba.namespace,
    account_review_status: 'APPROVED',
    business_verification_status: 'not_verified',
    ownership_type: 'SELF',
    currency: 'USD',
  }
}

export function wabaObject(waba: Waba, call: Call): Reply {
  if (call.method !== 'GET') throw unknownObject(waba.id, call.method)
  return {
    status: 200,
    json: pickFields(wabaFields(waba), call.query, ['name', 'timezone_id', 'message_template_namespace']),
    ...management(waba),
  }
}

export function listNumbers(sim: Sim, waba: Waba, call: Call): Reply {
  const items = sim.world.numbersOf(waba.id).map((number) => numberView(sim, number, call.query))
  const page = { query: call.query, baseUrl: sim.media.baseUrl, path: call.path }
  return { status: 200, json: pageOf(items, page), ...management(waba) }
}

/** A new number starts unverified: request_code, verify_code, register come next. */
export function addNumber(sim: Sim, waba: Waba, call: Call): Reply {
  const country = String(call.body['cc'] ?? '').replace(/\D/g, '')
  const local = String(call.body['phone_number'] ?? '').replace(/\D/g, '')
  const verifiedName = String(call.body['verified_name'] ?? '')
  if (country === '' || local.length < 4) throw paramError('The parameters cc and phone_number are required.')
  if (verifiedName === '') throw paramError('The parameter verified_name is required.')
  const digits = `${country}${local}`
  if ([...sim.world.numbers.values()].some((number) => number.digits === digits)) {
    throw paramError('This phone number is already in use.')
  }
  const number = businessNumber({
    id: objectId(),
    wabaId: waba.id,
    digits,
    verifiedName,
    status: 'PENDING',
    verification: 'NOT_VERIFIED',
  })
  sim.world.saveNumber(number)
  sim.live.tell('numbers', {})
  return { status: 200, json: { id: number.id }, ...management(waba) }
}

const management = (waba: Waba) => ({ wabaId: waba.id, usage: 'whatsapp_business_management' }) as const
