import { createInfiniteQuery } from '@tanstack/svelte-query'
import type { Message } from '#domain/conversations/schema.ts'
import type { Page } from '#domain/paging.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { chronological } from './merge.ts'

const PAGE_LIMIT = 50

/** The messages of one conversation, oldest first; older pages come when the reader scrolls up. */
export function createThread(id: () => string) {
  const query = createInfiniteQuery(() => ({
    queryKey: keys.thread(id()),
    queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
      api.get<Page<Message>>(`/conversations/${id()}/messages`, { limit: PAGE_LIMIT, before: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Page<Message>) => (last.nextCursor === null ? undefined : last.items.at(-1)?.id),
    // The stream keeps it true; asking again for every page on each focus would only make it jump.
    staleTime: 60_000,
    refetchOnWindowFocus: false,
  }))
  const messages = $derived(chronological(query.data))
  return {
    query,
    get messages() {
      return messages
    },
  }
}
