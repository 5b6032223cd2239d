import { randomInt } from 'node:crypto'
import { request } from 'undici'
import { GraphError, unknownObject } from '../errors.ts'
import { type JsonObject, stringAt } from '../json.ts'
import type { Endpoint, Waba } from '../model.ts'
import { APP_ID } from '../seed.ts'
import type { Sim } from '../sim.ts'
import { paramError } from './checks.ts'
import type { Reply } from './reply.ts'
import { success } from './reply.ts'
import type { Call } from './router.ts'

const URI_MAX = 200

export async function subscribedApps(sim: Sim, waba: Waba, call: Call): Promise<Reply> {
  const usage = { wabaId: waba.id, usage: 'whatsapp_business_management' } as const
  if (call.method === 'GET') {
    const app = {
      whatsapp_business_api_data: { id: APP_ID, name: 'Local app', link: 'https://www.facebook.com/games/?app_id=1' },
      ...(waba.override ? { override_callback_uri: waba.override.url } : {}),
    }
    return { status: 200, json: { data: waba.subscribed ? [app] : [] }, ...usage }
  }
  if (call.method === 'DELETE') {
    waba.subscribed = false
    delete waba.override
  } else if (call.method === 'POST') {
    const override = readOverride(call.body)
    if (override) await verifyEndpoint(override)
    waba.subscribed = true
    if (override) waba.override = override
    else delete waba.override
  } else throw unknownObject(waba.id, call.method)
  sim.world.saveWaba(waba)
  sim.live.tell('numbers', {})
  return success(usage)
}

/** An absent or empty address means: no override. */
export function readOverride(body: JsonObject): Endpoint | undefined {
  const url = stringAt(body, 'override_callback_uri') ?? ''
  if (url === '') return undefined
  if (url.length > URI_MAX || !URL.canParse(url)) throw paramError('Param override_callback_uri is not a valid URI.')
  const verifyToken = stringAt(body, 'verify_token')
  if (!verifyToken) throw paramError('The parameter verify_token is required.')
  return { url, verifyToken }
}

/** The handshake: the endpoint has to give the challenge back, and nothing else. */
export async function verifyEndpoint({ url, verifyToken }: Endpoint): Promise<void> {
  const challenge = String(randomInt(100_000_000, 2_000_000_000))
  const target = new URL(url)
  target.searchParams.set('hub.mode', 'subscribe')
  target.searchParams.set('hub.challenge', challenge)
  target.searchParams.set('hub.verify_token', verifyToken)
  let answer: { status: number; text: string } | undefined
  try {
    const response = await request(target, { headersTimeout: 10_000, bodyTimeout: 10_000 })
    answer = { status: response.statusCode, text: await response.body.text() }
  } catch {
    answer = undefined
  }
  if (answer?.status === 200 && answer.text === challenge) return
  const why = answer ? `HTTP Status Code = ${answer.status}` : 'the URL could not be reached'
  throw new GraphError(400, {
    message: `(#2200) Callback verification failed with the following errors: ${why}`,
    type: 'OAuthException',
    code: 2200,
  })
}
