import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { newId } from '#infra/ids.ts'
import { createLogger } from '#infra/log.ts'
import { sealChannelSecret } from '#infra/providers/channel-secrets.ts'
import type { House } from '../api/house.ts'
import { type Code, type Edit, holds } from '../support/without.ts'
import { houseOf, through } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const SECRET = 'app-secret-of-the-number'
const TOKEN = 'verify-token-of-the-number'
const DAY_MS = 24 * 3_600_000
let phones = 100_000_000_000_000

type IntakeChannels = typeof import('#infra/db/stores/mailbox/intake-channels.ts')
type Line = { tenantId: string; channelId: string; phoneNumberId: string; key: string }

/** A connected number of a new tenant. */
async function connected(house: House, secret = SECRET): Promise<Line> {
  const { tenantId } = await house.owner()
  phones += 1
  const line = { tenantId, channelId: newId(), phoneNumberId: String(phones), key: newId() }
  const { channelId } = line
  const seal = (name: 'app_secret' | 'verify_token', text: string) =>
    sealChannelSecret(house.deps.keyRing, { tenantId, channelId, secret: name }, text)
  await house.admin(
    `insert into channels (id, tenant_id, name, status, business_account_id, external_id, webhook_key, access_token, app_secret,
       verify_token) values ($1, $2, 'Main', 'connected', '9', $3, $4, '\\x00', $5, $6)`,
    [channelId, tenantId, line.phoneNumberId, line.key, seal('app_secret', secret), seal('verify_token', TOKEN)],
  )
  return line
}

function bodyOf({ phoneNumberId }: Line, id = `wamid.${newId()}`, text = 'hi'): string {
  const message = { id, from: '254700000001', timestamp: '1767225600', type: 'text', text: { body: text } }
  const metadata = { display_phone_number: '15550001', phone_number_id: phoneNumberId }
  const value = { messaging_product: 'whatsapp', metadata, messages: [message] }
  const entry = [{ id: '9', changes: [{ field: 'messages', value }] }]
  return JSON.stringify({ object: 'whatsapp_business_account', entry })
}

const mac = (body: string | Buffer, secret = SECRET, hash = 'sha256') =>
  `${hash}=${createHmac(hash, secret).update(body).digest('hex')}`

const post = (house: House, line: Line, body: string | Buffer, headers: Record<string, string>) =>
  house.app.request(`/webhooks/whatsapp/${line.key}`, {
    method: 'POST',
    body: body as BodyInit,
    headers: { 'content-type': 'application/json', ...headers },
  })

const storedOf = async (house: House, { tenantId }: Line): Promise<string[]> =>
  (await house.admin<{ key: string }>('select key from inbound_events where tenant_id = $1', [tenantId])).map(
    ({ key }) => key,
  )

holds('[S42] [S43] a body that the app secret has not signed, byte by byte, is neither answered nor stored', {
  open,
  async attack(house) {
    const line = await connected(house)
    const body = bodyOf(line)
    const good = mac(body)
    const forged = (header: string | undefined, sent: string | Buffer = body, more: Record<string, string> = {}) => {
      return () => post(house, line, sent, { ...(header !== undefined && { 'x-hub-signature-256': header }), ...more })
    }
    const got = await through({
      'no signature': forged(undefined),
      'an empty one': forged(''),
      'a wrong one': forged(`sha256=${'0'.repeat(64)}`),
      'a short one': forged(good.slice(0, -2)),
      'a longer one': forged(`${good}00`),
      'of sha1': forged(mac(body, SECRET, 'sha1')),
      'two of them': forged(`${good}, ${mac(body, 'another')}`),
      'of another secret': forged(mac(body, 'another')),
      'under the name of the old header': forged(undefined, body, { 'x-hub-signature': good }),
      'written again': forged(good, JSON.stringify(JSON.parse(body), null, 1)),
      'with letters escaped': forged(good, body.replace('"hi"', '"\\u0068i"')),
      'with a mark before it': forged(good, `\uFEFF${body}`),
      packed: forged(good, gzipSync(body), { 'content-encoding': 'gzip' }),
    })
    return [...got, ...(await storedOf(house, line))]
  },
  without: edit(
    'infra/providers/whatsapp/signature.ts',
    'if (timingSafeEqual(given, expected)) verified = true',
    'verified = true',
  ),
})

holds('[S44] a number without a secret takes nothing in, not even what is signed with nothing', {
  open,
  async attack(house) {
    const got: string[] = []
    for (const secret of ['', '  ']) {
      const line = await connected(house, secret)
      const body = bodyOf(line)
      const names = await through({
        [`signed with "${secret}"`]: () => post(house, line, body, { 'x-hub-signature-256': mac(body, secret) }),
        'not signed': () => post(house, line, body, {}),
      })
      got.push(...names, ...(await storedOf(house, line)))
    }
    return got
  },
  without: edit(
    'infra/providers/whatsapp/signature.ts',
    "if (typeof secret !== 'string' || secret.trim() === '') continue",
    "if (typeof secret !== 'string') continue",
  ),
})

holds('[S45] whoever holds the secret of one number says nothing in the name of another, and it is written down', {
  open,
  async attack(house) {
    const [own, theirs] = [await connected(house), await connected(house, 'another secret')]
    const body = bodyOf(theirs)
    const got = await through({
      'at the own address': () => post(house, own, body, { 'x-hub-signature-256': mac(body) }),
      'at theirs': () => post(house, theirs, body, { 'x-hub-signature-256': mac(body) }),
    })
    const lines = await house.admin('select 1 from audit_log where tenant_id = $1 and action = $2', [
      own.tenantId,
      'channels.foreign_number',
    ])
    if (got.length === 0 && lines.length !== 1) got.push('without a line in the audit log')
    return [...got, ...(await storedOf(house, own)), ...(await storedOf(house, theirs))]
  },
  without: edit(
    'api/webhooks/whatsapp.ts',
    'phoneNumberId === undefined ? channel.id : channel.siblings.get(phoneNumberId)',
    'channel.siblings.get(phoneNumberId!) ?? channel.id',
  ),
})

/** A house whose clock can be set, and the dispatcher's hand that takes in what it has acknowledged. */
const clock = { aheadMs: 0, nowMs: () => Date.now() + clock.aheadMs }
const clocked = await houseOf({ deps: { clock } })

async function openIntake(code: Code) {
  const house = await clocked(code)
  const { takeIn } = await code<typeof import('#worker/intake.ts')>('worker/intake.ts')
  const { createIntakeChannels } = await code<IntakeChannels>('infra/db/stores/mailbox/intake-channels.ts')
  const { cleanUp } = await code<typeof import('#infra/db/stores/mailbox/sweep.ts')>('infra/db/stores/mailbox/sweep.ts')
  const { db } = house.deps
  const deps = { db, channels: createIntakeChannels(0), log: createLogger({ name: 'test', level: 'silent' }) }
  /** Lets time pass for all that the house remembers of a tenant's webhooks, and clears away what is over. */
  const pass = async (ms: number, { tenantId }: Line) => {
    clock.aheadMs += ms
    await house.admin(
      `update inbound_keys set received_at = received_at - make_interval(secs => $2) where tenant_id = $1`,
      [tenantId, ms / 1_000],
    )
    await db.relay(cleanUp)
  }
  return { house, pass, takeAll: () => takeIn({ ...deps, now: clock.nowMs }) }
}

/** All that a webhook can bring about in the rows of a tenant. */
async function effectsOf(house: House, { tenantId }: Line): Promise<string> {
  const tables = ['inbound_bodies', 'inbound_events', 'messages', 'conversations', 'contacts', 'message_statuses']
  const [row] = await house.admin<{ all: string }>(
    `select jsonb_build_object(${tables.map((name) => `'${name}', (select count(*) from ${name} where tenant_id = $1)`).join()},
       'events', (select count(*) from events where tenant_id = $1),
       'unread', (select sum(unread_count) from conversations where tenant_id = $1),
       'rung', (select sum(version) from bells where tenant_id = $1)) as all`,
    [tenantId],
  )
  return JSON.stringify(row!.all)
}

async function replayed({ house, pass, takeAll }: Awaited<ReturnType<typeof openIntake>>): Promise<string[]> {
  const line = await connected(house)
  const body = bodyOf(line)
  const send = () => post(house, line, body, { 'x-hub-signature-256': mac(body) })
  const got: string[] = []
  if ((await send()).status !== 200) throw new Error('it is taken in once')
  await takeAll()
  const before = await effectsOf(house, line)
  if (!/"messages": ?1\b/.test(before)) throw new Error(`it has an effect: ${before}`)
  for (const [when, ms] of Object.entries({ 'at once': 0, 'a minute later': 60_000, '8 days later': 8 * DAY_MS })) {
    await pass(ms, line)
    const { status } = await send()
    if (status !== 200) got.push(`${when}: answered by ${status}`)
    await takeAll()
    const after = await effectsOf(house, line)
    if (after !== before) got.push(`${when}: ${after} instead of ${before}`)
  }
  return got
}

// What an instant in a signature is for (300 seconds, and no more) is asked of what we send; the provider's has none in it.
holds('[S46] the very same body, at once or a minute later, is answered and changes nothing', {
  open: openIntake,
  attack: replayed,
  without: edit(
    'infra/db/stores/inbound.ts',
    'on conflict do nothing returning',
    'on conflict (tenant_id, channel_id, key) do update set received_at = now() returning',
  ),
})

holds('[S46] … nor a week later, when a provider gives up at the latest', {
  open: openIntake,
  attack: replayed,
  without: edit('infra/db/stores/mailbox/sweep.ts', "interval '15 days'", "interval '7 days'"),
})

holds('[S47] an address is confirmed to nobody who does not know its token, and never echoes markup', {
  open,
  async attack(house) {
    const line = await connected(house)
    const ask = (query: Record<string, string>) => () =>
      house.app.request(`/webhooks/whatsapp/${line.key}?${new URLSearchParams(query)}`)
    const challenge = { 'hub.mode': 'subscribe', 'hub.challenge': '1158201444' }
    const html = await house.app.request(
      `/webhooks/whatsapp/${line.key}?${new URLSearchParams({ ...challenge, 'hub.verify_token': TOKEN })}`,
    )
    if (html.status !== 200 || !/^text\/plain/.test(html.headers.get('content-type') ?? ''))
      throw new Error('no handshake')
    return through({
      'a wrong token': ask({ ...challenge, 'hub.verify_token': 'wrong' }),
      'an empty token': ask({ ...challenge, 'hub.verify_token': '' }),
      'no token': ask(challenge),
      'another mode': ask({ ...challenge, 'hub.mode': 'unsubscribe', 'hub.verify_token': 'wrong' }),
      markup: ask({ ...challenge, 'hub.challenge': '<script>alert(1)</script>', 'hub.verify_token': TOKEN }),
    })
  },
  without: edit('api/webhooks/whatsapp.ts', '|| !secretsEqual(token, channel.verifyToken)', ''),
})
