import { createQuery, useQueryClient } from '@tanstack/svelte-query'
import { toast } from 'svelte-sonner'
import type { ChangeMember, Member } from '#domain/people/members.ts'
import type { Role } from '#domain/roles/schema.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { toProblem } from '#lib/api/problem.ts'
import { useSession } from '#lib/features/shell/session.svelte.ts'
import { useI18n } from '#lib/i18n/index.ts'

/** Roles to choose from, and changes of members. Nobody gives, or takes from others, a role that allows more than they may. */
export function createPeople() {
  const client = useQueryClient()
  const session = useSession()
  const { t } = useI18n()
  const roles = createQuery(() => ({
    queryKey: keys.roles,
    queryFn: ({ signal }) => api.get<{ items: Role[] }>('/roles', undefined, signal),
    enabled: session.can('members.read'),
    staleTime: 60_000,
  }))
  const grantable = $derived(
    (roles.data?.items ?? []).filter((role) => role.permissions.every((permission) => session.can(permission))),
  )
  return {
    get roles() {
      return roles.data?.items ?? []
    },
    get grantable() {
      return grantable
    },
    mayChange(member: Member): boolean {
      return grantable.some((role) => role.id === member.role.id)
    },
    query: roles,
    async change(member: Member, change: ChangeMember): Promise<void> {
      try {
        await api.patch<Member>(`/members/${member.id}`, change)
        toast.success(t('people.changed', { name: member.name }))
      } catch (error) {
        toast.error(t(`errors.${toProblem(error).code}`))
      }
      await client.invalidateQueries({ queryKey: keys.members })
    },
  }
}
