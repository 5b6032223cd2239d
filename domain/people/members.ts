import { z } from 'zod'
import { PageQuery, pageOf } from '../paging.ts'
import { Availability, Email, Password, PersonName } from './schema.ts'

export const MEMBER_STATUSES = ['active', 'disabled'] as const // also the CHECK in Postgres
export const MemberStatus = z.enum(MEMBER_STATUSES).meta({ id: 'MemberStatus' })

const RoleRef = z.strictObject({ id: z.uuid(), key: z.string(), name: z.string() })

/** A person as one tenant knows them. */
export const Member = z
  .strictObject({
    id: z.uuid(),
    personId: z.uuid(),
    name: z.string(),
    email: z.string(),
    role: RoleRef,
    status: MemberStatus,
    availability: Availability,
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Member' })
export type Member = z.infer<typeof Member>
export const MemberPage = pageOf(Member, 'MemberPage')

export const ListMembers = z.strictObject({ ...PageQuery.shape, status: MemberStatus.optional() })

export const ChangeMember = z
  .strictObject({ roleId: z.uuid().optional(), status: MemberStatus.optional() })
  .meta({ id: 'ChangeMember' })
export type ChangeMember = z.infer<typeof ChangeMember>

export const Invitation = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    role: RoleRef,
    invitedBy: z.uuid().nullable(),
    expiresAt: z.iso.datetime(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Invitation' })
export type Invitation = z.infer<typeof Invitation>
export const InvitationPage = pageOf(Invitation, 'InvitationPage')

export const CreateInvitation = z.strictObject({ email: Email, roleId: z.uuid() }).meta({ id: 'CreateInvitation' })
export type CreateInvitation = z.infer<typeof CreateInvitation>

const Token = z.string().min(1).max(200)
export const OpenInvitation = z.strictObject({ token: Token }).meta({ id: 'OpenInvitation' })

/** What somebody who holds an invitation's link may know before they accept it. */
export const OpenedInvitation = z
  .strictObject({ tenantName: z.string(), email: z.string(), hasAccount: z.boolean() })
  .meta({ id: 'OpenedInvitation' })

/** `name` and `password` are for a person who is new here; others sign in first. */
export const AcceptInvitation = z
  .strictObject({ token: Token, name: PersonName.optional(), password: Password.optional() })
  .meta({ id: 'AcceptInvitation' })
export type AcceptInvitation = z.infer<typeof AcceptInvitation>
