import { DomainError } from '#domain/errors.ts'
import { ChangeMember, ListMembers, Member, MemberPage } from '#domain/people/members.ts'
import { assertMayGrant } from '#domain/roles/grants.ts'
import { changeMember, getMember, listMembers } from '#infra/db/stores/members.ts'
import { assertQuota } from '#infra/db/stores/quotas.ts'
import { getRole } from '#infra/db/stores/roles.ts'
import { lockTenant } from '#infra/db/stores/tenants.ts'
import { acting } from '../acting.ts'
import {
  audited,
  feature,
  found,
  IdParam,
  inTenant,
  inTenantRemembered,
  json,
  jsonBody,
  pageFrom,
  readCursor,
  route,
} from '../routing.ts'

const tags = ['Members']

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'members.read',
  tags,
  summary: 'Who belongs to the tenant',
  request: { query: ListMembers },
  responses: { 200: json(MemberPage, 'A page of members.') },
})

const getRoute = route({
  method: 'get',
  path: '/{id}',
  access: 'members.read',
  tags,
  summary: 'One member',
  request: { params: IdParam },
  responses: { 200: json(Member, 'The member.') },
})

const changeRoute = route({
  method: 'patch',
  path: '/{id}',
  access: 'members.manage',
  tags,
  summary: 'Give a member another role, or let them in or out',
  request: { params: IdParam, body: jsonBody(ChangeMember) },
  responses: { 200: json(Member, 'The member.') },
})

export const membersApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { cursor, limit, status } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenantRemembered(c, (tx) => listMembers(tx, { limit: limit + 1, after, status }))
      return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(getRoute, async (c) => {
      const member = await inTenant(c, (tx) => getMember(tx, c.req.valid('param').id))
      return c.json(found(member, 'member'), 200)
    })
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid('param')
      const change = c.req.valid('json')
      const { permissions: own, personId } = c.get('principal')
      const member = await inTenant(c, async (tx) => {
        await lockTenant(tx)
        const before = found(await getMember(tx, id), 'member')
        if (before.personId === personId && change.status === 'disabled') {
          throw new DomainError('conflict', 'You cannot shut yourself out; ask somebody else to.')
        }
        // Both ways: who may not give a role may not take it from somebody either.
        assertMayGrant(own, found(await getRole(tx, before.role.id), 'role').permissions)
        if (change.roleId !== undefined) {
          assertMayGrant(own, found(await getRole(tx, change.roleId), 'role').permissions)
        }
        const comesBack = before.status === 'disabled' && change.status === 'active'
        if (comesBack) await assertQuota(tx, acting(c).tenantId, 'members')
        const after = await changeMember(tx, { ...acting(c), requestId: c.get('requestId') }, before, change)
        const detail = { from: { role: before.role.key, status: before.status }, to: change }
        await audited(c, tx, { action: 'members.change', subject: { type: 'person', id: before.personId }, detail })
        return after
      })
      return c.json(member, 200)
    })
export type MembersApi = ReturnType<typeof membersApi>
