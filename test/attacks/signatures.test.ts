import { after } from 'node:test'
import { MockActivityEnvironment } from '@temporalio/testing'
import { newId } from '#infra/ids.ts'
import { newWebhookSecret } from '#infra/webhooks/secrets.ts'
import { as } from '../support/product.ts'
import { openReceiver, type Received } from '../support/webhooks.ts'
import { type Code, type Edit, holds } from '../support/without.ts'
import { type Signed, VERIFIERS } from './verifiers.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const SIGNATURE = 'infra/webhooks/signature.ts'
const HOUR_MS = 3_600_000

const signer = (code: Code) => code<typeof import('#infra/webhooks/signature.ts')>(SIGNATURE)

/** Names the verifiers that believe, or do not believe, a delivery. */
async function those(
  believing: boolean,
  secret: string,
  signed: Signed,
  { nowMs, timely = false }: { nowMs: number; timely?: boolean },
): Promise<string[]> {
  const got: string[] = []
  for (const [name, { believes, looksAtTime }] of Object.entries(VERIFIERS)) {
    if (timely && !looksAtTime) continue
    if ((await believes(secret, signed, nowMs)) === believing) got.push(name)
  }
  return got
}

const BODIES = [
  '{"type":"conversation.closed"}',
  '{"name":"Zoë 🦜 قهوة","data":{"reason":"gelöst"}}',
  '{"a":"1.2.3","b":"v1,x y"}',
  '{"lines":"one\\ntwo\\r\\n\\u0000"}',
  `{"long":"${'x'.repeat(20_000)}"}`,
]

holds('[S49] [S46] what we sign is believed by verifiers that others wrote, and nothing that was changed or is old', {
  open: signer,
  async attack({ signedHeaders }) {
    const [newer, older] = [newWebhookSecret(), newWebhookSecret()]
    const atMs = Math.floor(Date.now() / 1_000) * 1_000
    const got: string[] = []
    for (const body of BODIES) {
      const message = { messageId: newId(), type: 'conversation.closed', body, atMs }
      const signed: Signed = { headers: signedHeaders({ ...message, secrets: [newer, older] }), body }
      for (const secret of [newer, older]) {
        for (const nowMs of [atMs, atMs + 299_000, atMs - 299_000]) {
          got.push(...(await those(false, secret, signed, { nowMs })).map((name) => `${name} refuses ${body}`))
        }
      }
      const { headers } = signed
      const having = (change: Record<string, string>): Signed => ({ body, headers: { ...headers, ...change } })
      const [first] = headers['webhook-signature']!.split(' ')
      const forged: Record<string, Signed> = {
        'another body': { headers, body: `${body} ` },
        'another id': having({ 'webhook-id': newId() }),
        'another instant': having({ 'webhook-timestamp': String(atMs / 1_000 + 1) }),
        'a cut signature': having({ 'webhook-signature': first!.slice(0, -2) }),
        'no signature': having({ 'webhook-signature': '' }),
        'the other scheme': having({ 'webhook-signature': `v1,${headers['x-max-signature']}` }),
      }
      for (const [what, one] of Object.entries(forged)) {
        got.push(...(await those(true, newer, one, { nowMs: atMs })).map((name) => `${name} takes ${what}`))
      }
      got.push(
        ...(await those(true, newWebhookSecret(), signed, { nowMs: atMs })).map((name) => `${name} takes any key`),
      )
      for (const nowMs of [atMs + 301_000, atMs + 8 * 24 * HOUR_MS, atMs - 301_000]) {
        got.push(...(await those(true, newer, signed, { nowMs, timely: true })).map((name) => `${name} takes it late`))
      }
    }
    return got
  },
  without: edit(SIGNATURE, "Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')", 'Buffer.from(secret)'),
})

holds('[S49] a dot in an id moves no border between id, instant and body', {
  open: signer,
  async attack({ signedHeaders }) {
    const secret = newWebhookSecret()
    const atMs = Math.floor(Date.now() / 1_000) * 1_000
    const [id, instant] = ['evt', String(atMs / 1_000)]
    try {
      const headers = signedHeaders({ messageId: `${id}.${instant}`, type: 'x', body: '{}', atMs, secrets: [secret] })
      // The same bytes, read as another delivery: of another id, with a body that begins with the instant.
      const shifted = { headers: { ...headers, 'webhook-id': id, 'webhook-timestamp': instant }, body: `${instant}.{}` }
      return await those(true, secret, shifted, { nowMs: atMs })
    } catch {
      return []
    }
  },
  without: edit(SIGNATURE, "if (messageId.includes('.')) throw", 'if (false) throw'),
})

/** The product, somebody's server, and the worker's hand that delivers. */
async function openDelivery(code: Code) {
  const product = await (await code<typeof import('../support/product.ts')>('test/support/product.ts')).openProduct()
  const { createWebhookActivities } = await code<typeof import('#activities/webhooks.ts')>('activities/webhooks.ts')
  const { createGuardedFetch } =
    await code<typeof import('#infra/http/guarded-fetch.ts')>('infra/http/guarded-fetch.ts')
  const receiver = await openReceiver()
  after(() => receiver.close())
  const { db, keyRing, clock } = product
  const guarded = createGuardedFetch({ allowOrigins: [receiver.origin] })
  const { attemptDelivery } = createWebhookActivities({ db, keyRing, guarded, now: clock.nowMs, random: () => 0 })
  const support = await code<typeof import('../support/webhooks.ts')>('test/support/webhooks.ts')
  return { product, receiver, attemptDelivery, support }
}

const signedOf = ({ headers, body }: Received): Signed => ({ headers: headers as Record<string, string>, body })

holds('[S49] both secrets sign while one is replaced, and the old one no longer than that', {
  open: openDelivery,
  async attack({ product, receiver, attemptDelivery, support }) {
    const { db, clock } = product
    clock.ms = Date.now()
    const tenant = await product.tenant()
    const { tenantId } = tenant
    const { id: subscriptionId, secret: old } = await support.subscribe(product, tenantId, { url: receiver.origin })
    const told = async (): Promise<Signed> => {
      const [messageId = ''] = await support.happen(db, tenantId, [{ data: { reason: 'resolved' } }])
      await support.fanOutAll(db)
      await new MockActivityEnvironment({ attempt: 1 }).run(attemptDelivery, { tenantId, subscriptionId, messageId })
      return signedOf(receiver.received.findLast(({ id }) => id === messageId)!)
    }
    const path = `/webhook-subscriptions/${subscriptionId}/rotate-secret`
    const rotated = await product.call<{ secret: string }>(as(tenant), 'POST', path, { overlapHours: 2 })
    const next = rotated.body.secret
    const during = await told()
    const nowMs = clock.ms
    const got = [
      ...(await those(false, old, during, { nowMs })).map((name) => `${name} knows the old one only`),
      ...(await those(false, next, during, { nowMs })).map((name) => `${name} does not know the new one`),
    ]
    clock.ms += 2 * HOUR_MS + 60_000
    const afterwards = await told()
    got.push(
      ...(await those(true, old, afterwards, { nowMs: clock.ms })).map((name) => `${name} still takes the old one`),
    )
    got.push(
      ...(await those(false, next, afterwards, { nowMs: clock.ms })).map((name) => `${name} refuses the new one`),
    )
    await product.close()
    return got
  },
  without: edit(
    'infra/db/stores/webhook-attempts.ts',
    'then previous_secret end',
    'then previous_secret else previous_secret end',
  ),
})
