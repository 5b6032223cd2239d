import { createInfiniteQuery } from '@tanstack/svelte-query'
import type { ConversationSummary } from '#domain/conversations/schema.ts'
import type { Page } from '#domain/paging.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { type ConversationFilter, queryOf } from './filter.ts'

const PAGE_LIMIT = 60

/** The rows of one view, page by page. Old rows stay on the screen while the next view loads. */
export function createConversationList(filter: () => ConversationFilter) {
  const query = createInfiniteQuery(() => {
    const asked = queryOf(filter())
    return {
      queryKey: keys.conversations(filter()),
      queryFn: ({ pageParam, signal }: { pageParam: string | undefined; signal: AbortSignal }) =>
        api.get<Page<ConversationSummary>>(
          '/conversations',
          { ...asked, limit: PAGE_LIMIT, cursor: pageParam },
          signal,
        ),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last: Page<ConversationSummary>) => last.nextCursor ?? undefined,
    }
  })
  const rows = $derived(query.data?.pages.flatMap((page) => page.items) ?? [])
  return {
    query,
    get rows() {
      return rows
    },
  }
}
