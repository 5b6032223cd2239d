import { noSuchField } from '../errors.ts'
import { APP_ID, BUSINESS_ID } from '../seed.ts'
import type { Sim } from '../sim.ts'
import type { Reply } from './reply.ts'
import type { Call } from './router.ts'
import { wabaFields } from './wabas.ts'

/** The accounts that a business owns or was given: how a caller finds the pool. */
export function businessEdge(sim: Sim, edge: string): Reply {
  if (edge === '') return { status: 200, json: { id: BUSINESS_ID, name: 'Local portfolio' } }
  if (edge === 'businesses') return { status: 200, json: { data: [{ id: BUSINESS_ID, name: 'Local portfolio' }] } }
  if (edge === 'owned_whatsapp_business_accounts' || edge === 'client_whatsapp_business_accounts') {
    return { status: 200, json: { data: [...sim.world.wabas.values()].map(wabaFields) } }
  }
  throw noSuchField(edge, 'Business')
}

/** What embedded signup ends in: a code becomes a token, and the token says which accounts it opens. */
export function exchangeToken(sim: Sim, call: Call): Reply {
  const given = call.query.get('client_secret') ?? String(call.body['client_secret'] ?? '')
  if (given !== sim.settings.appSecret) {
    return {
      status: 400,
      json: {
        error: { message: 'Error validating client secret.', type: 'OAuthException', code: 1, fbtrace_id: 'A0' },
      },
    }
  }
  return { status: 200, json: { access_token: sim.settings.accessTokens[0] ?? '', token_type: 'bearer' } }
}

export function debugToken(sim: Sim): Reply {
  const scopes = ['whatsapp_business_management', 'whatsapp_business_messaging']
  return {
    status: 200,
    json: {
      data: {
        app_id: APP_ID,
        type: 'SYSTEM_USER',
        application: 'Local app',
        expires_at: 0,
        is_valid: true,
        scopes,
        granular_scopes: scopes.map((scope) => ({ scope, target_ids: [...sim.world.wabas.keys()] })),
      },
    },
  }
}
