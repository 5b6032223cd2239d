import { createInfiniteQuery } from '@tanstack/svelte-query'
import type { Page } from '#domain/paging.ts'
import { api } from './client.ts'

type Query = Record<string, string | number | boolean | undefined>
type Options = { key: readonly unknown[]; path: string; query?: Query; limit?: number; enabled?: boolean }

/** A list of the API, page by page. What was shown stays while a changed question is answered. */
export function createList<T>(read: () => Options) {
  const query = createInfiniteQuery(() => {
    const { key, path, query = {}, limit = 50, enabled } = read()
    return {
      queryKey: key,
      queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
        api.get<Page<T>>(path, { ...query, limit, cursor: pageParam }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last: Page<T>) => last.nextCursor ?? undefined,
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
