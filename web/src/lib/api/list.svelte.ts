import { createInfiniteQuery, type InfiniteData, keepPreviousData } from '@tanstack/svelte-query'
import type { Page } from '#domain/paging.ts'
import { api } from './client.ts'

type Query = Record<string, string | number | boolean | undefined>
type Options<T> = {
  key: readonly unknown[]
  path: string
  query?: Query
  limit?: number
  enabled?: boolean
  steady?: boolean
  pollMs?: (items: readonly T[]) => number | false
}

/**
 * A list of the API, page by page. `steady`: what was shown stays while a changed question is answered. `pollMs`: when to
 * ask again, by what the list holds.
 */
export function createList<T>(read: () => Options<T>) {
  const query = createInfiniteQuery(() => {
    const { key, path, query = {}, limit = 50, enabled, steady = false, pollMs } = read()
    return {
      queryKey: key,
      queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
        api.get<Page<T>>(path, { ...query, limit, cursor: pageParam }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last: Page<T>) => last.nextCursor ?? undefined,
      ...(pollMs && {
        refetchInterval: (current: { state: { data?: InfiniteData<Page<T>> | undefined } }) =>
          pollMs(current.state.data?.pages.flatMap((page) => page.items) ?? []),
      }),
      ...(steady && { placeholderData: keepPreviousData }),
      ...(enabled === undefined ? {} : { enabled: enabled && typeof window !== 'undefined' }),
    }
  })
  const items = $derived(query.data?.pages.flatMap((page) => page.items) ?? [])
  return {
    query,
    get items() {
      return items
    },
  }
}

export type List<T> = ReturnType<typeof createList<T>>
