import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { PageQuery } from '#domain/paging.ts'
import { mailOf } from '#domain/people/mails.ts'
import {
  AcceptInvitation,
  CreateInvitation,
  Invitation,
  InvitationPage,
  OpenedInvitation,
  OpenInvitation,
} from '#domain/people/members.ts'
import { SignInAnswer } from '#domain/people/schema.ts'
import { assertMayGrant } from '#domain/roles/grants.ts'
import { newToken } from '#infra/crypto/tokens.ts'
import {
  createInvitation,
  findInvitation,
  listInvitations,
  openInvitation,
  revokeInvitation,
} from '#infra/db/stores/invitations.ts'
import { mailWords } from '#infra/db/stores/mail-words.ts'
import { getPerson } from '#infra/db/stores/people.ts'
import { assertQuota } from '#infra/db/stores/quotas.ts'
import { getRole } from '#infra/db/stores/roles.ts'
import { getTenant } from '#infra/db/stores/tenants.ts'
import { acting } from '../acting.ts'
import type { AppEnv } from '../deps.ts'
import { acceptInvitation } from '../invitation-acceptance.ts'
import {
  audited,
  feature,
  found,
  IdParam,
  inTenant,
  json,
  jsonBody,
  NO_CONTENT,
  pageFrom,
  readCursor,
  route,
} from '../routing.ts'

const tags = ['Members']

const listRoute = route({
  method: 'get',
  path: '/',
  access: 'members.manage',
  tags,
  summary: 'Invitations that are still open',
  request: { query: PageQuery },
  responses: { 200: json(InvitationPage, 'A page of invitations.') },
})

const createRoute = route({
  method: 'post',
  path: '/',
  access: 'members.manage',
  tags,
  summary: 'Invite somebody by mail; an earlier invitation of the address ends',
  request: { body: jsonBody(CreateInvitation) },
  responses: { 201: json(Invitation, 'The invitation.') },
})

const revokeRoute = route({
  method: 'delete',
  path: '/{id}',
  access: 'members.manage',
  tags,
  summary: 'Take an invitation back',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

const openRoute = route({
  method: 'post',
  path: '/open',
  access: 'public',
  tags,
  summary: 'What the link of an invitation leads to',
  request: { body: jsonBody(OpenInvitation) },
  responses: { 200: json(OpenedInvitation, 'The invitation.') },
})

const acceptRoute = route({
  method: 'post',
  path: '/accept',
  access: 'public',
  tags,
  summary: 'Accept an invitation, signed in or with a new account',
  request: { body: jsonBody(AcceptInvitation) },
  responses: { 200: json(SignInAnswer, 'A member, and signed in.') },
})

async function invite(c: Context<AppEnv>, input: CreateInvitation) {
  const { mail, background, settings } = c.get('deps')
  const { permissions, personId } = c.get('principal')
  const token = newToken('inv_')
  const made = await inTenant(c, async (tx) => {
    await assertQuota(tx, c.get('principal').tenantId, 'members')
    assertMayGrant(permissions, found(await getRole(tx, input.roleId), 'role').permissions)
    const invitation = await createInvitation(tx, acting(c), { ...input, token, invitedBy: personId })
    const { name: tenant, locale } = await getTenant(tx)
    const inviter = personId === undefined ? tenant : ((await getPerson(tx, personId))?.name ?? tenant)
    const subject = { type: 'invitation', id: invitation.id }
    await audited(c, tx, { action: 'invitations.create', subject, detail: { role: invitation.role.key } })
    return { invitation, tenant, inviter, texts: await mailWords(tx, locale) }
  })
  // The token is in the fragment, which browsers keep from servers and their logs.
  const link = `${settings.origins[0]}/invitation#${token}`
  const { invitation, tenant, inviter, texts } = made
  const words = mailOf('invitation', { tenant, inviter, link }, texts)
  background.run('invitation mail', () => mail.send({ to: invitation.email, ...words }))
  return invitation
}

export const invitationsApi = () =>
  feature()
    .openapi(listRoute, async (c) => {
      const { cursor, limit } = c.req.valid('query')
      const after = readCursor(c, cursor)
      const rows = await inTenant(c, (tx) => listInvitations(tx, { limit: limit + 1, after }))
      return c.json(pageFrom(c, { rows, limit, positionOf: ({ id }) => [id] }), 200)
    })
    .openapi(createRoute, async (c) => c.json(await invite(c, c.req.valid('json')), 201))
    .openapi(revokeRoute, async (c) => {
      const { id } = c.req.valid('param')
      await inTenant(c, async (tx) => {
        if (!(await revokeInvitation(tx, id))) throw new DomainError('not_found', 'There is no such invitation.')
        await audited(c, tx, { action: 'invitations.revoke', subject: { type: 'invitation', id } })
      })
      return c.body(null, 204)
    })
    .openapi(openRoute, async (c) => {
      const { db, auth } = c.get('deps')
      const at = found(await db.relay((tx) => findInvitation(tx, c.req.valid('json').token)), 'invitation')
      const opened = found(await db.tenant(at.tenantId, (tx) => openInvitation(tx, at.id)), 'invitation')
      const hasAccount = (await auth.findPerson(opened.email)) !== undefined
      return c.json({ tenantName: opened.tenantName, email: opened.email, hasAccount }, 200)
    })
    .openapi(acceptRoute, async (c) => {
      await acceptInvitation(c, c.req.valid('json'))
      return c.json({ state: 'signed_in' as const }, 200)
    })
export type InvitationsApi = ReturnType<typeof invitationsApi>
