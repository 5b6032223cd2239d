import type { Browser, House } from './house.ts'

export type MadeKey = {
  key: { id: string; prefix: string; state: string; lastUsedAt: string | null; lastUsedAddress: string | null }
  secret: string
}

/** A key of an owner's tenant that may read contacts, unless asked for otherwise. */
export const makeKey = (owner: Browser, input: Record<string, unknown> = {}): Promise<MadeKey> =>
  owner.json<MadeKey>(201, 'POST', '/api-keys', { name: 'CRM', permissions: ['contacts.read'], ...input })

export type Asked = {
  method?: string
  body?: unknown
  headers?: Record<string, string>
  /** Where the connection comes from. */
  address?: string
  app?: House['app']
}

/** Asks as a program does: with a key, over a connection from an address of its own. */
export async function askAs(
  house: House,
  secret: string | undefined,
  path: string,
  { method = 'GET', body, headers, address = '203.0.113.7', app }: Asked = {},
): Promise<Response> {
  const init = {
    method,
    headers: {
      ...(secret !== undefined && { authorization: `Bearer ${secret}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }
  return (app ?? house.app).request(`/api/v1${path}`, init, { incoming: { socket: { remoteAddress: address } } })
}

/** Sets figures of a tenant's own, above those of its plan. */
export const setLimits = (house: House, tenantId: string, limits: Record<string, number>) =>
  house.admin('update tenants set quotas = $2 where id = $1', [tenantId, JSON.stringify(limits)])
