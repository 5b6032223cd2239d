import { API_KEY_MARK, ApiKey, ApiKeyPage, CreateApiKey, CreatedApiKey, ListApiKeys } from '#domain/api-keys/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { assertMayGrant } from '#domain/roles/grants.ts'
import { newToken } from '#infra/crypto/tokens.ts'
import { createApiKey, listApiKeys, revokeApiKey } from '#infra/db/stores/api-keys.ts'
import { acting, type RequestContext } from '../acting.ts'
import { audited, feature, found, IdParam, inTenant, json, jsonBody, pageFrom, readCursor, route } from '../routing.ts'

const PREFIX_CHARS = API_KEY_MARK.length + 6
const tags = ['API keys']

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'api_keys.manage',
  peopleOnly: true,
  tags,
  summary: 'The keys of the tenant, the newest first, also those that work no more',
  request: { query: ListApiKeys },
  responses: { 200: json(ApiKeyPage, 'A page of keys.') },
})

const createRoute = route({
  method: 'post',
  path: '/',
  access: 'api_keys.manage',
  peopleOnly: true,
  confirmed: true,
  secretAnswer: true,
  tags,
  summary: 'Make a key that may do no more than you may (INT-24)',
  description: 'The answer is the only time that the whole key is shown; what is kept of it opens nothing.',
  request: { body: jsonBody(CreateApiKey) },
  responses: { 201: json(CreatedApiKey, 'The key.') },
})

const revokeRoute = route({
  method: 'post',
  path: '/{id}/revoke',
  access: 'api_keys.manage',
  peopleOnly: true,
  tags,
  summary: 'Revoke a key: the next request with it is refused',
  request: { params: IdParam },
  responses: { 200: json(ApiKey, 'The key, revoked.') },
})

function personOf(c: RequestContext): string {
  const { personId } = c.get('principal')
  if (personId === undefined) throw new DomainError('person_required', 'Only people make and revoke keys.')
  return personId
}

function requireFuture(expiresAt: string | null, nowMs: number): string | null {
  if (expiresAt === null || Date.parse(expiresAt) > nowMs) return expiresAt
  throw new DomainError('invalid_input', 'A key expires in the future.', {
    errors: [{ path: '/expiresAt', code: 'in_the_past', message: 'This instant has passed.' }],
  })
}

export const apiKeysApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listApiKeys(tx, { limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(createRoute, async (c) => {
      const { expiresAt, ...input } = c.req.valid('json')
      const createdBy = personOf(c)
      const permissions = [...new Set(input.permissions)]
      assertMayGrant(c.get('principal').permissions, permissions)
      const secret = newToken(API_KEY_MARK)
      const until = requireFuture(expiresAt, c.get('deps').clock.nowMs())
      const key = await inTenant(c, async (tx) => {
        const prefix = secret.slice(0, PREFIX_CHARS)
        const made = await createApiKey(tx, acting(c), {
          ...input,
          permissions,
          expiresAt: until,
          prefix,
          secret,
          createdBy,
        })
        const detail = {
          name: made.name,
          prefix,
          permissions,
          allowedAddresses: input.allowedAddresses,
          expiresAt: until,
        }
        await audited(c, tx, { action: 'api_keys.create', subject: { type: 'api_key', id: made.id }, detail })
        return made
      })
      return c.json({ key, secret }, 201)
    })
    .openapi(revokeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const revokedBy = personOf(c)
      const key = await inTenant(c, async (tx) => {
        const revoked = found(await revokeApiKey(tx, acting(c), { id, revokedBy }), 'API key')
        const { name, prefix } = revoked.key
        const entry = { action: 'api_keys.revoke', subject: { type: 'api_key', id }, detail: { name, prefix } }
        if (revoked.changed) await audited(c, tx, entry)
        return revoked.key
      })
      return c.json(key, 200)
    })
export type ApiKeysApi = ReturnType<typeof apiKeysApi>
