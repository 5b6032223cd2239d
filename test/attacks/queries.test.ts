import { contractOf, type Operation } from '../api/contract.ts'
import { furnish } from '../api/furniture.ts'
import type { House } from '../api/house.ts'
import { askAs, makeKey } from '../api/program.ts'
import { type Edit, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const CANARY = 'kanarienvogel'

const HEADERS = ['tenant', 'tenant-id', 'x-tenant', 'x-tenant-id', 'X-TenantId']
const base64 = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url')

/** A tenant whose contact somebody else wants to see, and that somebody with a key of their own tenant. */
async function scene(house: House) {
  const [victim, thief] = [await house.owner(), await house.owner()]
  const contact = { name: CANARY, phone: '+4915112345678' }
  await victim.json(201, 'POST', '/contacts', contact)
  const { secret } = await makeKey(thief, { permissions: ['contacts.read', 'contacts.write'] })
  const asked = async (path: string, headers: Record<string, string> = {}, method = 'GET', body?: object) =>
    askAs(house, secret, path, { headers, method, body })
  return { victim, thief, asked }
}

holds('[S12] whoever names another tenant, in a header, a query, a cookie or a claim, stays in their own', {
  open,
  async attack(house) {
    const { victim, thief, asked } = await scene(house)
    const { tenantId } = victim
    const claims = `${base64({ alg: 'none' })}.${base64({ tenant_id: tenantId, sub: victim.personId })}.`
    const cookie = [...thief.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answers: Record<string, Response> = {
      'a claim': await askAs(house, claims, '/contacts'),
      'a cookie': await thief.request('GET', '/contacts', undefined, { cookie: `tenant_id=${tenantId}; ${cookie}` }),
      'a field of a body': await asked('/contacts', {}, 'POST', { name: 'Mine', phone: '+4915112345677', tenantId }),
    }
    for (const name of HEADERS) {
      answers[`${name} with a key`] = await asked('/contacts', { [name]: tenantId })
      answers[`${name} in a browser`] = await thief.request('GET', '/contacts', undefined, { [name]: tenantId })
      answers[`${name} to write`] = await asked('/contacts', { [name]: tenantId }, 'POST', {
        ...{ name: `By ${name}`, phone: `+49151123456${HEADERS.indexOf(name)}0` },
      })
    }
    for (const query of [
      `tenant_id=${tenantId}`,
      `tenantId=${tenantId}`,
      `tenant_id=${thief.tenantId}&tenant_id=${tenantId}`,
    ]) {
      answers[query] = await asked(`/contacts?${query}`)
      answers[`limit=1&${query}`] = await thief.request('GET', `/contacts?limit=1&${query}`)
    }
    answers['a limit twice'] = await asked('/contacts?limit=1&limit=2')
    const got: string[] = []
    for (const [name, answer] of Object.entries(answers)) {
      if ((await answer.text()).includes(CANARY)) got.push(name)
      const isRefused = /=|twice|body/.test(name)
      if (isRefused && answer.status !== 422) got.push(`${name}: ${answer.status}`)
    }
    const added = await house.admin<{ name: string }>('select name from contacts where tenant_id = $1 and name <> $2', [
      tenantId,
      CANARY,
    ])
    return [...got, ...added.map(({ name }) => `${name}, among their contacts`)]
  },
  without: edit(
    'api/middleware/api-key.ts',
    'apiKeyId: id,\n    tenantId,',
    "apiKeyId: id,\n    tenantId: c.req.header('x-tenant-id') ?? tenantId,",
  ),
})

type Line = { tenantId: string; actor: { kind: string; id?: string }; detail: Record<string, string> }

const linesOf = (house: House, tenants: readonly string[]): Promise<Line[]> =>
  house.admin<Line>(
    `select tenant_id as "tenantId", actor, detail from audit_log where action = 'tenants.foreign_named' and tenant_id = any($1)`,
    [tenants],
  )

/** Names another tenant often, as somebody known and as a stranger. @returns what is in the logs of both tenants then. */
async function named(house: House) {
  const { victim, thief, asked } = await scene(house)
  for (let count = 0; count < 20; count += 1) {
    await asked('/contacts', { 'x-tenant-id': victim.tenantId })
    await asked(`/contacts?tenant_id=${victim.tenantId}&again=${count}`)
    await askAs(house, undefined, `/contacts?tenant_id=${victim.tenantId}`)
    await askAs(house, `hf_${'A'.repeat(43)}`, '/contacts', { headers: { 'x-tenant-id': victim.tenantId } })
  }
  await thief.request('GET', '/contacts', undefined, { 'x-tenant-id': thief.tenantId })
  await house.background.settled()
  return { victim, thief, lines: await linesOf(house, [victim.tenantId, thief.tenantId]) }
}

holds('[S12] … and the log of their own tenant says who tried it, and with whose name', {
  open,
  async attack(house) {
    const { victim, thief, lines } = await named(house)
    const isTold = ({ tenantId, actor, detail }: Line) =>
      tenantId === thief.tenantId && actor.kind === 'api_key' && detail['named'] === victim.tenantId
    return lines.some(isTold) ? [] : ['without a line in the audit log']
  },
  without: edit('api/middleware/named-tenant.ts', 'if (other === undefined) return', 'if (true) return'),
})

holds('[S12] … but nobody fills a log with it, and a stranger writes into none', {
  open,
  async attack(house) {
    const { thief, lines } = await named(house)
    const foreign = lines.filter(({ tenantId }) => tenantId !== thief.tenantId)
    return [...lines.slice(1), ...foreign].map(({ actor }) => `a line more, by ${actor.kind}`)
  },
  without: edit('api/seldom.ts', 'nowMs - lastMs <= AGAIN_AFTER_MS', 'nowMs < lastMs'),
})

const ORDERS = ['sort', 'order', 'orderBy', 'sort_by', 'direction', 'dir', 'fields', 'filter[name]']
const INJECTED = 'name;select pg_sleep(5)'

const listsOf = (house: House): Operation[] =>
  contractOf(house.app).operations.filter(
    ({ method, query, access }) => method === 'GET' && query.includes('cursor') && access !== 'platform',
  )

holds('[S30] no list takes an order, a direction or a column that somebody writes', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const ids = await furnish(house, owner)
    const got: string[] = []
    for (const { path } of listsOf(house)) {
      const place = path.replace(/\{\w+\}/, ids[path.split('/')[1]!.replace(/s$/, '')] ?? ids['webhook']!)
      for (const name of ORDERS) {
        const query = new URLSearchParams({ [name]: INJECTED })
        const { status } = await owner.request('GET', `${place}?${query}`)
        if (status !== 422) got.push(`${path} by ${name}: ${status}`)
      }
    }
    return got
  },
  without: edit('domain/tenants/audit-log.ts', 'ListAudit = z.strictObject(', 'ListAudit = z.object('),
})

/** What would be true of every row, if it were read as a piece of the statement. */
const TRUE = ["x' or '1'='1", "x' or true --", "x') or ('1'='1"]

holds('[S30] what is written into a filter is a value, and never a piece of the statement', {
  open,
  async attack(house) {
    const owner = await house.owner()
    const ids = await furnish(house, owner)
    const got: string[] = []
    for (const { path, query } of listsOf(house)) {
      const place = path.replace(/\{\w+\}/, ids[path.split('/')[1]!.replace(/s$/, '')] ?? ids['webhook']!)
      for (const name of query.filter((one) => !['cursor', 'limit'].includes(one))) {
        for (const value of TRUE) {
          // A value of a field is looked for together with its field.
          const asked = new URLSearchParams({ ...(name === 'value' && { field: 'size' }), [name]: value })
          const answer = await owner.request('GET', `${place}?${asked}`)
          if (answer.status === 422) continue
          const { items } = (await answer.json()) as { items?: unknown[] }
          if (items?.length !== 0) got.push(`${path}?${name}=${value}: ${answer.status}, ${items?.length} rows`)
        }
      }
    }
    return got
  },
  without: edit(
    'infra/db/query.ts',
    '`$${values.push(value)}`',
    `typeof value === 'string' ? "'".concat(value, "'") : '$'.concat(String(values.push(value)))`,
  ),
})
