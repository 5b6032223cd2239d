import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { apiError, badProof, badToken, GraphError, noSuchField, unknownObject } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { BusinessNumber } from '../model.ts'
import { APP_ID, BUSINESS_ID } from '../seed.ts'
import type { Sim } from '../sim.ts'
import { businessEdge, debugToken, exchangeToken } from './business.ts'
import { downloadMedia, mediaObject, resumableUpload, uploadMedia } from './media.ts'
import { postMessage } from './messages.ts'
import { numberObject, numberVerb } from './numbers.ts'
import { blockUsers, businessProfile, conversationalAutomation, qrCodes } from './profile.ts'
import type { Reply } from './reply.ts'
import { subscribedApps } from './subscribed-apps.ts'
import { templateObject, templatesEdge } from './templates.ts'
import { addNumber, listNumbers, wabaObject } from './wabas.ts'

export type Call = {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  raw: Buffer
  /** JSON or form fields; multipart is read by the edge that wants it. */
  body: JsonObject
}

export async function graphCall(sim: Sim, call: Call): Promise<Reply> {
  const segments = call.path.split('/').filter(Boolean)
  if (/^v\d+\.\d+$/.test(segments[0] ?? '')) segments.shift()
  const [id = '', edge = '', sub = ''] = segments
  const inPeace = unauthenticatedCall(sim, call, { id, edge })
  if (inPeace) return inPeace
  requireToken(sim, call)
  const struck = anyCallFault(sim, id)
  if (struck) return struck
  if (id === 'whatsapp_business' && edge === 'attachments') return downloadMedia(sim, call)
  if (id === 'debug_token') return debugToken(sim)
  if (id === APP_ID || id.startsWith('upload:')) return resumableUpload(sim, call, { id, edge })
  if (id === BUSINESS_ID || id === 'me') return businessEdge(sim, edge)
  return objectCall(sim, call, { id, edge, sub })
}

function objectCall(
  sim: Sim,
  call: Call,
  { id, edge, sub }: { id: string; edge: string; sub: string },
): Reply | Promise<Reply> {
  const number = sim.world.numbers.get(id)
  if (number) {
    const verb = NUMBER_EDGES[edge]
    if (edge === 'messages' || edge === 'marketing_messages') {
      if (call.method !== 'POST') throw noSuchField(edge, 'WhatsAppBusinessPhoneNumber')
      return messagesCall(sim, call, { id, edge })
    }
    if (edge === '') return numberObject(sim, number, call)
    if (edge === 'message_qrdls') return qrCodes(sim, number, call, sub)
    if (verb) return verb(sim, number, call)
    return numberVerb(sim, number, { edge, body: call.body, method: call.method })
  }
  const waba = sim.world.wabas.get(id)
  if (waba) {
    if (edge === '') return wabaObject(waba, call)
    if (edge === 'phone_numbers')
      return call.method === 'POST' ? addNumber(sim, waba, call) : listNumbers(sim, waba, call)
    if (edge === 'subscribed_apps') return subscribedApps(sim, waba, call)
    if (edge === 'message_templates' || edge === 'upsert_message_templates') return templatesEdge(sim, waba, call)
    throw noSuchField(edge, 'WhatsAppBusinessAccount')
  }
  const template = sim.world.templates.get(id)
  if (template) return templateObject(sim, template, { call, edge })
  const media = sim.media.find(id)
  if (media && edge === '') return mediaObject(sim, media, call)
  if (edge === 'template_analytics') throw noSuchField(edge, 'User')
  throw unknownObject(id, call.method)
}

const NUMBER_EDGES: Readonly<Record<string, (sim: Sim, number: BusinessNumber, call: Call) => Reply | Promise<Reply>>> =
  {
    media: uploadMedia,
    whatsapp_business_profile: businessProfile,
    block_users: blockUsers,
    conversational_automation: conversationalAutomation,
  }

function messagesCall(sim: Sim, call: Call, { id, edge }: { id: string; edge: string }): Reply {
  const number = sim.world.numbers.get(id)
  if (!number) throw unknownObject(id, call.method)
  if (edge === 'marketing_messages' && call.body['type'] !== 'template') {
    throw apiError(134100, 'Only marketing templates can be sent on this endpoint.')
  }
  const struck = sim.faults.none ? undefined : httpFault(sim, id, false)
  return struck ?? postMessage(sim, number, call.body)
}

function unauthenticatedCall(sim: Sim, call: Call, { id, edge }: { id: string; edge: string }): Reply | undefined {
  return id === 'oauth' && edge === 'access_token' ? exchangeToken(sim, call) : undefined
}

function requireToken(sim: Sim, call: Call): void {
  const header = call.headers.authorization ?? ''
  const token = /^(?:Bearer|OAuth) (.+)$/i.exec(header)?.[1] ?? call.query.get('access_token') ?? ''
  if (!sim.settings.accessTokens.includes(token)) throw badToken()
  const proof = call.query.get('appsecret_proof')
  if (proof === null) return
  const expected = createHmac('sha256', sim.settings.appSecret).update(token).digest('hex')
  if (proof !== expected) throw badProof()
}

/** Faults that strike any Graph call on a number, and an expired token, which strikes everywhere. */
function anyCallFault(sim: Sim, id: string): Reply | undefined {
  if (sim.faults.none) return undefined
  const expired = sim.faults.strikeKind('token_invalid', { phoneNumberId: id })
  if (expired) {
    throw new GraphError(401, {
      message: 'Error validating access token: Session has expired.',
      type: 'OAuthException',
      code: 190,
      error_subcode: 463,
    })
  }
  return httpFault(sim, id, true)
}

function httpFault(sim: Sim, id: string, any: boolean): Reply | undefined {
  const fault = sim.faults.strike(
    { phoneNumberId: id },
    ({ kind, on }) => (kind === '429' || kind === '5xx' || kind === 'reset_before_accept') && (on === 'any') === any,
  )
  if (!fault) return undefined
  if (fault.kind === 'reset_before_accept') return { status: 500, bytes: '', transport: { kind: 'reset' } }
  if (fault.kind === '429') {
    const retry: Record<string, string> =
      fault.retryAfterS === undefined ? {} : { 'retry-after': String(fault.retryAfterS) }
    const error = apiError(80007).error
    return { status: 429, json: { error }, headers: retry }
  }
  const status = fault.httpStatus ?? 500
  if (fault.content === 'empty') return { status, bytes: '' }
  if (fault.content === 'html') {
    return {
      status,
      bytes: '<!DOCTYPE html><html><body><h1>Sorry, something went wrong.</h1></body></html>',
      headers: { 'content-type': 'text/html; charset=utf-8' },
    }
  }
  return { status, json: { error: { ...apiError(131000).error, is_transient: true } } }
}
