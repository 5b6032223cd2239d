import { apiError, noSuchField, unknownObject } from '../errors.ts'
import { isObject, type JsonObject, stringAt } from '../json.ts'
import type { BusinessNumber } from '../model.ts'
import type { Sim } from '../sim.ts'
import { paramError } from './checks.ts'
import { pickFields } from './fields.ts'
import type { Reply } from './reply.ts'
import { success } from './reply.ts'
import type { Call } from './router.ts'
import { readOverride, verifyEndpoint } from './subscribed-apps.ts'

const REGISTRATIONS_MAX = 10
const REGISTRATIONS_WINDOW_MS = 72 * 3_600_000

const DEFAULT_FIELDS = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'last_onboarded_time',
  'webhook_configuration',
]

export function numberFields(sim: Sim, number: BusinessNumber): JsonObject {
  const waba = sim.world.wabas.get(number.wabaId)
  const app = sim.webhooks.appEndpoint
  return {
    id: number.id,
    display_phone_number: number.displayPhoneNumber,
    verified_name: number.verifiedName,
    quality_rating: 'GREEN',
    code_verification_status: number.verification,
    account_mode: 'LIVE',
    name_status: 'APPROVED',
    new_name_status: 'NONE',
    status: number.status,
    platform_type: number.status === 'CONNECTED' ? 'CLOUD_API' : 'NOT_APPLICABLE',
    throughput: { level: number.throughput ?? 'STANDARD' },
    is_pin_enabled: number.pin !== undefined,
    is_official_business_account: false,
    eligibility_for_api_business_global_search: 'NON_ELIGIBLE_VERIFIED_LEVEL',
    search_visibility: 'NON_VISIBLE',
    messaging_limit_tier: number.messagingLimit ?? 'TIER_250',
    whatsapp_business_manager_messaging_limit: number.messagingLimit ?? 'TIER_250',
    webhook_configuration: {
      ...(number.override ? { phone_number: number.override.url } : {}),
      ...(waba?.override ? { whatsapp_business_account: waba.override.url } : {}),
      ...(app ? { application: app.url } : {}),
    },
  }
}

export const numberView = (sim: Sim, number: BusinessNumber, query: URLSearchParams): JsonObject =>
  pickFields(numberFields(sim, number), query, DEFAULT_FIELDS)

/** GET reads it; POST sets its webhook override or asks for a new display name. */
export async function numberObject(sim: Sim, number: BusinessNumber, call: Call): Promise<Reply> {
  if (call.method === 'GET') {
    return { status: 200, json: numberView(sim, number, call.query), ...management(number) }
  }
  if (call.method !== 'POST') throw unknownObject(number.id, call.method)
  const configuration = call.body['webhook_configuration']
  if (isObject(configuration)) {
    const override = readOverride(configuration)
    if (override) await verifyEndpoint(override)
    if (override) number.override = override
    else delete number.override
  }
  const newName = call.query.get('new_display_name') ?? stringAt(call.body, 'new_display_name')
  if (newName) number.verifiedName = newName
  sim.world.saveNumber(number)
  sim.live.tell('numbers', {})
  return success(management(number))
}

const management = (number: BusinessNumber) =>
  ({ wabaId: number.wabaId, usage: 'whatsapp_business_management' }) as const

type Verb = { edge: string; body: JsonObject; method: string }

export function numberVerb(sim: Sim, number: BusinessNumber, { edge, body, method }: Verb): Reply {
  if (edge === 'settings' && method === 'GET') return { status: 200, json: { ...number.automation, id: number.id } }
  const verb = method === 'POST' ? VERBS[edge] : undefined
  if (!verb) throw noSuchField(edge, 'WhatsAppBusinessPhoneNumber')
  verb(sim, number, body)
  sim.world.saveNumber(number)
  sim.live.tell('numbers', {})
  return success(management(number))
}

const VERBS: Readonly<Record<string, (sim: Sim, number: BusinessNumber, body: JsonObject) => void>> = {
  register(sim, number, body) {
    if (body['messaging_product'] !== 'whatsapp') throw paramError('The parameter messaging_product is required.')
    const pin = String(body['pin'] ?? '')
    if (!/^\d{6}$/.test(pin)) throw paramError('Param pin must be 6 characters long.')
    if (number.pin !== undefined && number.pin !== pin) throw apiError(133005)
    if (number.verification !== 'VERIFIED') throw apiError(133010, 'The phone number is not verified.')
    countRegistration(sim, number)
    number.pin = pin
    number.status = 'CONNECTED'
  },
  deregister(sim, number) {
    countRegistration(sim, number)
    number.status = 'DISCONNECTED'
    delete number.pin
  },
  request_code(_sim, number, body) {
    const way = String(body['code_method'] ?? '')
    if (way !== 'SMS' && way !== 'VOICE') throw apiError(136024, 'code_method must be SMS or VOICE.')
    number.code = String((Number(number.id.slice(-6)) * 7 + number.registrationsAtMs.length) % 1_000_000).padStart(
      6,
      '0',
    )
  },
  verify_code(_sim, number, body) {
    if (number.code === undefined || String(body['code'] ?? '') !== number.code) {
      throw apiError(136025, 'The code is wrong or has expired.')
    }
    delete number.code
    number.verification = 'VERIFIED'
  },
  settings(_sim, number, body) {
    Object.assign(number.automation, body)
  },
}

function countRegistration(sim: Sim, number: BusinessNumber): void {
  const nowMs = sim.clock.now()
  number.registrationsAtMs = number.registrationsAtMs.filter((atMs) => nowMs - atMs < REGISTRATIONS_WINDOW_MS)
  if (number.registrationsAtMs.length >= REGISTRATIONS_MAX) throw apiError(133016)
  number.registrationsAtMs.push(nowMs)
}
