import { sampleBodies } from '#domain/webhooks/samples.ts'
import type { Contract, Examples, Operation, Parameter } from './shapes.ts'

const PLACE = {
  tenantId: '018f4e5c-0000-7000-8000-000000000001',
  messageId: '018f4e5c-7a10-7c3e-9b1d-0a4b8c2d6e10',
  atMs: Date.UTC(2026, 2, 2, 14),
}

const header = (name: string, description: string, example: string): Parameter => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
  example,
})

const HEADERS = [
  header('webhook-id', 'The same for every attempt: keep the ids that you have seen.', PLACE.messageId),
  header('webhook-timestamp', 'When this attempt was made, in seconds since 1970.', '1772460000'),
  header(
    'webhook-signature',
    'One `v1,` and HMAC-SHA256 in base64 for each secret, with blanks between.',
    'v1,K5oZfzN95Z9…',
  ),
  header('X-MAX-Event', 'The type of the event.', 'conversation.closed'),
  header('X-MAX-Signature', 'HMAC-SHA256 of the body in hex, for receivers of an older kind.', '7f83b1657ff1fc53…'),
]

/** What is posted to those who have subscribed: the other half of the contract. */
export function webhooksOf(): NonNullable<Contract['webhooks']> {
  const examples: Examples = Object.fromEntries(
    sampleBodies(PLACE).map(({ type, body }) => [type, { summary: type, value: body }]),
  )
  const post: Operation = {
    operationId: 'receiveEvent',
    summary: 'An event, posted to an address that has subscribed to it',
    description:
      'Check `webhook-signature` over the bytes as they came. 2xx ends the delivery, 410 ends the subscription, other 4xx give this ' +
      'delivery up, anything else is tried again; `Retry-After` is heeded up to an hour.',
    tags: ['Webhooks'],
    security: [],
    parameters: HEADERS,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/WebhookBody' }, examples } },
    },
    responses: { '2XX': { description: 'Taken.' } },
  }
  return { event: { post } }
}
