/** Answers that have no schema in `domain/` yet, as this client reads them. Times are ISO strings. */
export type Page<T> = { items: T[]; nextCursor: string | null }

export type Person = {
  id: string
  name: string
  email: string
  locale: string
  preferences?: Record<string, unknown>
}
export type Me = {
  person: Person
  memberships: { tenantId: string; tenantName: string; roles: string[] }[]
  tenant: { id: string; name: string } | null
  permissions: string[]
}

export const AVAILABILITIES = ['online', 'away', 'busy', 'offline'] as const
export type Availability = (typeof AVAILABILITIES)[number]
export type RoleSummary = { id: string; key: string; name: string }
export type Member = {
  id: string
  person: { id: string; name: string; email: string }
  role: RoleSummary
  status: 'active' | 'disabled'
  availability: Availability
  createdAt: string
}
export type Role = RoleSummary & { permissions: string[]; builtIn: boolean; memberCount?: number }
export type Invitation = {
  id: string
  email: string
  role: RoleSummary
  invitedBy: { id: string; name: string } | null
  expiresAt: string
  createdAt: string
}

export type AuditEntry = {
  id: string
  at: string
  actor: { kind: string; id?: string; name?: string | null }
  action: string
  subjectType: string
  subjectId: string
  detail: Record<string, unknown>
  requestId: string | null
}

export type Translations = { locale: string; entries: Record<string, string> }
export type AppConfig = {
  temporalUiUrl: string | null
  temporalNamespace: string | null
  simulators: { whatsapp?: string | null; mail?: string | null }
  locales: string[]
}
