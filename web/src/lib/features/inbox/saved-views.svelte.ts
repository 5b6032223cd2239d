import { useQueryClient } from '@tanstack/svelte-query'
import { toast } from 'svelte-sonner'
import type { Me } from '#domain/people/schema.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { toProblem } from '#lib/api/problem.ts'
import { useSession } from '#lib/features/shell/session.svelte.ts'
import { useI18n } from '#lib/i18n/index.ts'

export type SavedView = { name: string; search: string }
const KEY = 'inbox.views'
const VIEWS_MAX = 12

function viewsIn(text: unknown): SavedView[] {
  try {
    const value: unknown = JSON.parse(typeof text === 'string' ? text : '[]')
    return Array.isArray(value) ? value.filter((view): view is SavedView => typeof view?.name === 'string') : []
  } catch {
    return []
  }
}

/** Filters that a person gave a name; they belong to the person and come along to every browser. */
export function useSavedViews() {
  const client = useQueryClient()
  const session = useSession()
  const { t } = useI18n()
  const views = $derived(viewsIn(session.me?.person.preferences[KEY]))

  async function keep(next: SavedView[]): Promise<void> {
    const me = session.me
    if (!me) return
    const preferences = { ...me.person.preferences, [KEY]: JSON.stringify(next.slice(0, VIEWS_MAX)) }
    client.setQueryData<Me>(keys.me, { ...me, person: { ...me.person, preferences } })
    try {
      await api.patch('/me', { preferences })
    } catch (error) {
      client.setQueryData(keys.me, me)
      toast.error(t(`errors.${toProblem(error).code}`))
    }
  }

  return {
    get views() {
      return views
    },
    add: (view: SavedView) => keep([...views.filter(({ name }) => name !== view.name), view]),
    remove: (name: string) => keep(views.filter((view) => view.name !== name)),
  }
}
export type SavedViews = ReturnType<typeof useSavedViews>
