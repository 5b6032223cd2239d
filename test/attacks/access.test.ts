import type { Browser, House } from '../api/house.ts'
import { askAs, makeKey } from '../api/program.ts'
import { type Edit, holds } from '../support/without.ts'
import { houseOf, through } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })

/** What a key may read, by what it asks for; none of it is in the scope of the key that asks. */
const FOREIGN = ['/conversations', '/flows', '/runs', '/members', '/webhook-subscriptions', '/audit', '/request-log']

holds('[S55] a key does nothing beyond its scopes', {
  open,
  async attack(house) {
    const { secret } = await makeKey(await house.owner())
    const gets = FOREIGN.map((path) => [path, () => askAs(house, secret, path)])
    const body = { name: 'Mine', phone: '+4915112345678' }
    return through({
      ...Object.fromEntries(gets),
      'a new contact': () => askAs(house, secret, '/contacts', { method: 'POST', body }),
    })
  },
  without: edit(
    'api/middleware/permission.ts',
    "if (access !== 'member' && !c.get('principal').permissions.has(access)) {",
    'if (false) {',
  ),
})

holds('[S55] a key that was revoked, or is over, opens nothing', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const [revoked, over] = [await makeKey(owner), await makeKey(owner)]
    // Both are known to the process, which remembers whose they are.
    for (const { secret } of [revoked, over]) await askAs(house, secret, '/contacts')
    await owner.json(200, 'POST', `/api-keys/${revoked.key.id}/revoke`)
    await house.admin(`update api_keys set expires_at = now() - interval '1 second' where id = $1`, [over.key.id])
    return through({
      'the revoked key': () => askAs(house, revoked.secret, '/contacts'),
      'the key that is over': () => askAs(house, over.secret, '/contacts'),
    })
  },
  without: [
    edit('api/middleware/api-key.ts', "if (access.state === 'revoked')", 'if (false)'),
    edit('api/middleware/api-key.ts', "if (access.state === 'expired')", 'if (false)'),
  ],
})

holds('[S55] a key makes no key that may do more than itself, and no person gives away what they do not have', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const permissions = ['api_keys.manage', 'roles.manage', 'roles.read', 'members.read', 'contacts.read']
    await owner.json(201, 'POST', '/roles', { key: 'clerk', name: 'Clerk', permissions })
    const clerk = await house.member(owner, 'clerk')
    return through({
      'a mightier key': () =>
        clerk.request('POST', '/api-keys', { name: 'Mine', permissions: ['contacts.read', 'conversations.manage'] }),
      'a mightier role': () =>
        clerk.request('POST', '/roles', { key: 'king', name: 'King', permissions: ['tenant.own'] }),
    })
  },
  without: edit(
    'domain/roles/grants.ts',
    'export function assertMayGrant(own: ReadonlySet<Permission>, touched: Iterable<string>): void {',
    'export function assertMayGrant(_own: ReadonlySet<Permission>, _touched: Iterable<string>): void {\n  return\n}\n' +
      'export function unused(own: ReadonlySet<Permission>, touched: Iterable<string>): void {',
  ),
})

const seatOf = async (browser: Browser): Promise<string> => {
  type Members = { items: { id: string; personId: string }[] }
  const { items } = await browser.json<Members>(200, 'GET', '/members')
  return items.find(({ personId }) => personId === browser.personId)!.id
}

holds('[S60] the last owner of a tenant can neither step down nor be shut out', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const { items } = await owner.json<{ items: { id: string; key: string }[] }>(200, 'GET', '/roles')
    const roleId = items.find(({ key }) => key === 'agent')!.id
    const seat = await seatOf(owner)
    return through({ 'stepping down': () => owner.request('PATCH', `/members/${seat}`, { roleId }) })
  },
  without: edit(
    'infra/db/stores/members.ts',
    'export async function assertOwnerLeft(tx: Tx): Promise<void> {',
    'export async function assertOwnerLeft(_tx: Tx): Promise<void> {\n  return\n}\n' +
      'export async function unused(tx: Tx): Promise<void> {',
  ),
})

const LISTED = ['198.51.100.0/24']
const PROXY = '10.1.1.1'

async function fromOutside(house: House): Promise<string[]> {
  house.deps.settings = { ...house.deps.settings, trustedProxies: [PROXY] }
  const { secret } = await makeKey(await house.owner(), { allowedAddresses: LISTED })
  const from = (address: string, forwarded?: string) => () => {
    const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
    return askAs(house, secret, '/contacts', { address, headers })
  }
  return through({
    'another address': from('203.0.113.9'),
    'a header of its own': from('203.0.113.9', '198.51.100.1'),
    'a header of its own through our proxy': from(PROXY, '198.51.100.1, 203.0.113.9'),
    'an address in octal': from(PROXY, '0306.063.0144.01'),
    'an IPv6 that carries another': from('::ffff:203.0.113.9', '198.51.100.1'),
    nowhere: from(''),
  })
}

holds('[S56] a key with an allow list works from there only', {
  open,
  attack: fromOutside,
  without: edit('api/middleware/api-key.ts', 'if (access.allowedAddresses.length > 0 &&', 'if (false &&'),
})

holds('[S56] … and nobody writes themselves there in a header', {
  open,
  attack: fromOutside,
  without: edit(
    'api/middleware/address.ts',
    'while (hops.length > 0 && isWithin(current, proxies)) {',
    'while (hops.length > 0) {',
  ),
})

const sentAtOnce = (count: number, ask: (index: number) => Response | Promise<Response>) =>
  Promise.all(Array.from({ length: count }, async (_, index) => (await ask(index)).status))

holds('[S57] a tenant gets no more requests by more keys, more paths or more at once', {
  open,
  async attack(house) {
    const owner = await house.owner()
    await house.admin(`update tenants set quotas = '{"requestsPerMinute":100}' where id = $1`, [owner.tenantId])
    const keys = await Promise.all([makeKey(owner), makeKey(owner), makeKey(owner)])
    const paths = ['/contacts', '/contacts?limit=1', '/contacts?limit=2']
    const statuses = await sentAtOnce(160, (index) =>
      askAs(house, keys[index % 3]!.secret, paths[Math.floor(index / 3) % 3]!),
    )
    // What comes back while the burst lasts: less than ten seconds' worth of a hundred a minute.
    return statuses
      .filter((status) => status === 200)
      .slice(117)
      .map(String)
  },
  without: edit(
    'api/middleware/api-key.ts',
    'if (charge?.refused !== undefined) throw rateLimited(charge.refused)',
    '',
  ),
})

holds('[S57] a network of IPv6 addresses is one address', {
  open: await houseOf({ limits: { signInAddress: { max: 5, windowSeconds: 900 } } }),
  async attack(house) {
    const { email } = await house.owner()
    const body = { email, password: 'a guess of somebody' }
    const statuses = await sentAtOnce(15, (index) =>
      askAs(house, undefined, '/auth/sign-in', {
        method: 'POST',
        body: { ...body, email: `${index}${email}` },
        headers: { origin: 'http://holdfast.test' },
        address: `2001:db8:1:2:${(index * 919).toString(16)}::1`,
      }),
    )
    return statuses
      .filter((status) => status === 401)
      .slice(5)
      .map(String)
  },
  without: edit('infra/auth/attempts.ts', '.slice(0, 4)', '.slice(0, 8)'),
})

holds('[S75] many requests with one Idempotency-Key have one effect', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const body = { name: 'Once', timeZone: 'UTC', week: [] }
    await sentAtOnce(20, () => owner.request('POST', '/calendars', body, { 'idempotency-key': 'one' }))
    const made = await house.admin(`select id from calendars where tenant_id = $1 and name = 'Once'`, [owner.tenantId])
    return made.slice(1).map(({ id }) => String(id))
  },
  without: edit('infra/db/stores/idempotency.ts', 'if (inserted === 1) return', 'if (inserted <= 1) return'),
})

holds('[S75] a key of one request is no key of another', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const ask = (name: string) =>
      owner.request('POST', '/calendars', { name, timeZone: 'UTC', week: [] }, { 'idempotency-key': 'same' })
    await ask('First')
    return through({ 'the answer to somebody else': () => ask('Second') })
  },
  without: edit('infra/db/stores/idempotency.ts', 'if (!row.request_hash.equals(requestHash))', 'if (false)'),
})

holds('[S69] a cursor that was edited, or made for another list or another tenant, opens nothing', {
  open,
  async attack(house) {
    const [owner, other] = [await house.owner(), await house.owner()]
    for (const name of ['One', 'Two']) {
      for (const browser of [owner, other]) {
        await browser.json(201, 'POST', '/calendars', { name, timeZone: 'UTC', week: [] })
      }
    }
    const cursorOf = async (browser: Browser) =>
      (await browser.json<{ nextCursor: string }>(200, 'GET', '/calendars?limit=1')).nextCursor
    const [own, theirs] = [await cursorOf(owner), await cursorOf(other)]
    const [, keyId, mac] = own.split('.')
    const position = Buffer.from(JSON.stringify(['', '00000000-0000-0000-0000-000000000000'])).toString('base64url')
    return through({
      'another position': () => owner.request('GET', `/calendars?cursor=${position}.${keyId}.${mac}`),
      'of another tenant': () => owner.request('GET', `/calendars?cursor=${theirs}`),
      'of another list': () => owner.request('GET', `/members?cursor=${own}`),
    })
  },
  without: edit(
    'infra/crypto/tokens.ts',
    "if (!secretsEqual(mac, macOf(keyRing, scope, keyId, body).toString('base64url'))) return undefined",
    '',
  ),
})
