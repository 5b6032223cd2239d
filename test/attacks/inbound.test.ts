import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { newId } from '#infra/ids.ts'
import { sealChannelSecret } from '#infra/providers/channel-secrets.ts'
import type { House } from '../api/house.ts'
import { type Edit, holds } from '../support/without.ts'
import { houseOf, through } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const SECRET = 'app-secret-of-the-number'
const TOKEN = 'verify-token-of-the-number'
let phones = 100_000_000_000_000

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

holds('[S46] the very same body, a minute or a week later, is answered and changes nothing', {
  open,
  async attack(house) {
    const line = await connected(house)
    const body = bodyOf(line)
    const send = () => post(house, line, body, { 'x-hub-signature-256': mac(body) })
    const answers = [await send(), await send()]
    await house.admin(`update inbound_keys set received_at = now() - interval '8 days' where tenant_id = $1`, [
      line.tenantId,
    ])
    const { cleanUp } = await import('#infra/db/stores/mailbox/sweep.ts')
    await house.deps.db.relay(cleanUp)
    answers.push(await send())
    const refused = answers.filter(({ status }) => status !== 200).map(({ status }) => `answered by ${status}`)
    return [...refused, ...(await storedOf(house, line)).slice(1)]
  },
  // Where nothing is remembered, a provider that asks again is believed again.
  without: (house) =>
    house
      .admin(
        'create function forget() returns trigger language plpgsql as $$ begin delete from inbound_keys where key = new.key; return null; end $$',
      )
      .then(() =>
        house.admin('create trigger forget after insert on inbound_keys for each row execute function forget()'),
      ),
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
