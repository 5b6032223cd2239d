import { cookieOf, type House, ORIGIN, PASSWORD } from '../api/house.ts'
import { type Edit, holds } from '../support/without.ts'
import { houseOf, signIn, statusOf, stolen, through, withApp } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })

const ATTEMPTS = edit('infra/auth/attempts.ts', 'if (count > max) {', 'if (count > 1e9) {')

holds('[S58] a page of another site cannot write with the cookies of somebody who is signed in', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const cookie = cookieOf(owner)
    const forged = (origin: string | undefined, type: string, path: string, body?: string) => () =>
      house.app.request(`/api/v1${path}`, {
        method: 'POST',
        headers: { cookie, 'content-type': type, ...(origin !== undefined && { origin }) },
        ...(body !== undefined && { body }),
      })
    const login = JSON.stringify({ email: owner.email, password: PASSWORD })
    const calendar = JSON.stringify({ name: 'Forged', timeZone: 'UTC', week: [] })
    return through({
      'a form of another site': forged('https://evil.test', 'text/plain', '/auth/sessions/end-others'),
      'a sandboxed frame': forged('null', 'text/plain', '/auth/sessions/end-others'),
      'no origin at all': forged(undefined, 'text/plain', '/auth/sessions/end-others'),
      'a name that begins like ours': forged(`${ORIGIN}.evil.test`, 'application/json', '/calendars', calendar),
      'a sign-in as somebody else': forged('https://evil.test', 'application/json', '/auth/sign-in', login),
    })
  },
  without: edit('api/middleware/csrf.ts', '!SAFE.has(c.req.method)', 'false'),
})

holds('[S51] a cookie that was stolen is worth nothing once its owner has changed the password', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const thief = stolen(house, owner)
    const change = { current: PASSWORD, password: 'an entirely new one' }
    await owner.request('POST', '/auth/password/change', change)
    return through({ 'the old cookie': () => thief.request('GET', '/me') })
  },
  without: edit('infra/auth/auth.ts', 'newPassword: password, revokeOtherSessions: true', 'newPassword: password'),
})

holds('[S51] … nor once it was reset by mail', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const thief = stolen(house, owner)
    await house.browser().json(202, 'POST', '/auth/password/forgot', { email: owner.email })
    await house.background.settled()
    const token = house.mails.findLast(({ to }) => to === owner.email)!.text.match(/#(\S+)/)![1]
    await house.browser().json(204, 'POST', '/auth/password/reset', { token, password: 'an entirely new one' })
    return through({ 'the old cookie': () => thief.request('GET', '/me') })
  },
  without: edit('infra/auth/auth.ts', 'revokeSessionsOnPasswordReset: true', 'revokeSessionsOnPasswordReset: false'),
})

holds('[S51] … nor once they have set up a second factor', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const thief = stolen(house, owner)
    await withApp(owner)
    if ((await owner.request('GET', '/me')).status !== 200) throw new Error('the owner stays signed in')
    return through({ 'the old cookie': () => thief.request('GET', '/me') })
  },
  without: edit('infra/auth/second-step.ts', 'Promise.all([parts.revokeAll(personId), ', 'Promise.all(['),
})

holds('[S51] a member who was shut out is out at the next request', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const member = await house.member(owner, 'agent')
    const { items } = await owner.json<{ items: { id: string; personId: string }[] }>(200, 'GET', '/members')
    const { id } = items.find(({ personId }) => personId === member.personId)!
    await owner.json(200, 'PATCH', `/members/${id}`, { status: 'disabled' })
    return through({ 'the inbox': () => member.request('GET', '/conversations') })
  },
  without: edit('infra/db/stores/members.ts', " and m.status = 'active'`)\n}\n\ntype Row", '`)\n}\n\ntype Row'),
})

holds('[S61] a cookie that the house has not signed opens nothing, whatever token it names', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const [name, value] = [...owner.cookies].find(([one]) => one.endsWith('session_token'))!
    const token = decodeURIComponent(value).split('.')[0]!
    const having = (cookie: string) => () =>
      house.app.request('/api/v1/me', { headers: { cookie: `${name}=${encodeURIComponent(cookie)}` } })
    return through({
      'no signature': having(`${token}.`),
      'a signature of nothing': having(`${token}.${'A'.repeat(43)}=`),
      'alg none': having('eyJhbGciOiJub25lIn0.e30.'),
    })
  },
  without: edit(
    'infra/auth/sessions.ts',
    'return secretsEqual(signature, value.slice(dot + 1)) ? token : undefined',
    'return signature ? token : undefined',
  ),
})

holds('[S57] an account is guessed at five times, also when all guesses come at once', {
  open: await houseOf({ limits: { signInPair: { max: 5, windowSeconds: 900 } } }),
  async attack(house) {
    const { email } = await house.owner()
    const guesses = Array.from({ length: 12 }, (_, index) =>
      statusOf(house.browser().request('POST', '/auth/sign-in', { email, password: `guess number ${index}` })),
    )
    return (await Promise.all(guesses))
      .filter((status) => status === 401)
      .map(String)
      .slice(5)
  },
  without: ATTEMPTS,
})

holds('[S53] the password alone opens nothing for who has a second factor', {
  open,
  async attack(house) {
    const owner = await house.owner()
    await withApp(owner)
    const thief = await signIn(house, owner.email)
    return through({
      'who am I': () => thief.request('GET', '/me'),
      'an API key': () => thief.request('POST', '/api-keys', { name: 'Mine', permissions: ['contacts.read'] }),
    })
  },
  without: edit('infra/auth/auth.ts', 'if (methods.length === 0) return', 'if (methods.length >= 0) return'),
})

holds('[S53] a tenant that asks for a second factor lets nobody in without one', {
  open,
  async attack(house) {
    const owner = await house.owner()
    await house.admin(`update tenants set settings = '{"secondFactor":"all"}' where id = $1`, [owner.tenantId])
    return through({ 'the contacts': () => owner.request('GET', '/contacts') })
  },
  without: edit('api/middleware/principal.ts', 'if (!session.hasSecondFactor &&', 'if (false &&'),
})

const prove = (house: House, email: string) => async (proof: object) =>
  (await signIn(house, email)).request('POST', '/auth/second-factor', proof)

holds('[S52] a code of the app that somebody looked at over a shoulder is used up', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const { code } = await withApp(owner)
    const seen = code(1)
    const proof = prove(house, owner.email)
    if ((await proof({ code: seen })).status !== 200) throw new Error('the owner is let in')
    return through({ 'the same code': () => proof({ code: seen }), 'an older one': () => proof({ code: code() }) })
  },
  without: edit('infra/auth/second-factors.ts', ' and last_step < $2', ''),
})

holds('[S52] a recovery code opens once', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const { recovery } = await withApp(owner)
    const proof = prove(house, owner.email)
    if ((await proof({ recoveryCode: recovery[0] })).status !== 200) throw new Error('the owner is let in')
    return through({ again: () => proof({ recoveryCode: recovery[0] }) })
  },
  without: edit('infra/auth/second-factors.ts', 'and hash = $2 and used_at is null', 'and hash = $2'),
})

holds('[S52] a second factor is guessed at five times, over however many sign-ins, also all at once', {
  open: await houseOf({ limits: { secondFactor: { max: 5, windowSeconds: 900 } } }),
  async attack(house) {
    const owner = await house.owner()
    await withApp(owner)
    const waits = await Promise.all([1, 2, 3].map(() => signIn(house, owner.email)))
    const guesses = Array.from({ length: 100 }, (_, index) =>
      statusOf(waits[index % 3]!.request('POST', '/auth/second-factor', { code: String(index).padStart(6, '0') })),
    )
    return (await Promise.all(guesses))
      .filter((status) => status === 401)
      .map(String)
      .slice(5)
  },
  without: ATTEMPTS,
})
