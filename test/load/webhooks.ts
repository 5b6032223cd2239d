import { createHmac } from 'node:crypto'
import { Agent, request } from 'undici'
import type { Channel } from './business.ts'

/** Posts signed webhooks straight to the API, as the provider would, without the simulator in between. */
export type Poster = {
  /** One body with so many messages, each of another contact. @returns the status of the answer. */
  post: (channel: Channel, messages: readonly WebhookMessage[]) => Promise<number>
  close: () => Promise<void>
}

export type WebhookMessage = { from: string; text: string; id: string }

export function createPoster(appSecret: string, connections = 64): Poster {
  const agent = new Agent({ connections, keepAliveTimeout: 30_000, headersTimeout: 30_000, bodyTimeout: 30_000 })
  return {
    async post(channel, messages) {
      const body = bodyOf(channel, messages)
      const signature = createHmac('sha256', appSecret).update(body).digest('hex')
      // The loopback by number: the address of the house says localhost, which may lead to either family.
      const url = channel.webhookUrl.replace('//localhost:', '//127.0.0.1:')
      const response = await request(url, {
        method: 'POST',
        dispatcher: agent,
        body,
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` },
      })
      await response.body.dump()
      return response.statusCode
    },
    close: () => agent.close(),
  }
}

function bodyOf(channel: Channel, messages: readonly WebhookMessage[]): string {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550000000', phone_number_id: channel.phoneNumberId },
    contacts: messages.map(({ from }) => ({ profile: { name: `Customer ${from.slice(-5)}` }, wa_id: from })),
    messages: messages.map(({ from, text, id }) => ({
      from,
      id,
      timestamp: String(Math.floor(Date.now() / 1_000)),
      type: 'text',
      text: { body: text },
    })),
  }
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: channel.businessAccountId, changes: [{ field: 'messages', value }] }],
  })
}
