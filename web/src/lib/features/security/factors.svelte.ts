import { createQuery, useQueryClient } from '@tanstack/svelte-query'
import { toast } from 'svelte-sonner'
import type { SecondFactors } from '#domain/people/second-factor.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { toProblem } from '#lib/api/problem.ts'
import { useI18n } from '#lib/i18n/index.ts'

/** What a person has beside their password, and the codes that were made a moment ago. */
export function useFactors() {
  const client = useQueryClient()
  const { t } = useI18n()
  const query = createQuery(() => ({
    queryKey: keys.secondFactors,
    queryFn: ({ signal }) => api.get<SecondFactors>('/auth/second-factors', undefined, signal),
  }))
  let codes = $state.raw<string[] | null>(null)

  const refresh = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: keys.secondFactors }),
      client.invalidateQueries({ queryKey: keys.sessions }),
      client.invalidateQueries({ queryKey: keys.me }),
    ])

  return {
    query,
    get data() {
      return query.data
    },
    get codes() {
      return codes
    },
    show(made: string[] | null) {
      codes = made
    },
    refresh,
    /** Does something, says what went wrong, and shows what is now. */
    async act(work: () => Promise<void>): Promise<boolean> {
      try {
        await work()
        return true
      } catch (error) {
        toast.error(t(`errors.${toProblem(error).code}`))
        return false
      } finally {
        await refresh()
      }
    },
  }
}
export type Factors = ReturnType<typeof useFactors>
