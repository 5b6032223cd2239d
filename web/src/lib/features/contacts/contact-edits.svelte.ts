import { useQueryClient } from '@tanstack/svelte-query'
import { toast } from 'svelte-sonner'
import type { ChangeContact, Contact } from '#domain/contacts/schema.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { toProblem } from '#lib/api/problem.ts'
import { useSession } from '#lib/features/shell/session.svelte.ts'
import { useI18n } from '#lib/i18n/index.ts'

/** Changes of one contact: shown at once, taken back when they are refused or somebody else was faster. */
export function createContactEdits(read: () => Contact) {
  const client = useQueryClient()
  const session = useSession()
  const { t } = useI18n()

  return {
    get allowed() {
      return session.can('contacts.write')
    },
    async save(change: Omit<ChangeContact, 'version'>): Promise<boolean> {
      const before = read()
      const { fields, ...attributes } = change
      const kept = Object.fromEntries(
        Object.entries({ ...before.fields, ...fields }).filter(([, value]) => value !== null),
      )
      client.setQueryData(keys.contact(before.id), { ...before, ...attributes, fields: kept })
      try {
        const after = await api.patch<Contact>(`/contacts/${before.id}`, { ...change, version: before.version })
        client.setQueryData(keys.contact(before.id), after)
        return true
      } catch (error) {
        client.setQueryData(keys.contact(before.id), before)
        void client.invalidateQueries({ queryKey: keys.contact(before.id) })
        const { code } = toProblem(error)
        toast.error(code === 'conflict' ? t('contacts.changed_meanwhile') : t(`errors.${code}`))
        return false
      }
    },
  }
}
