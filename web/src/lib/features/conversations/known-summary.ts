import type { InfiniteData, QueryClient } from '@tanstack/svelte-query'
import type { Conversation, ConversationSummary } from '#domain/conversations/schema.ts'
import type { Page } from '#domain/paging.ts'
import { keys } from '#lib/api/keys.ts'

/** What the list already knows of a conversation, filled up to its full shape until the answer comes. */
export function knownSummary(client: QueryClient, id: string): Conversation | undefined {
  const lists = client.getQueriesData<InfiniteData<Page<ConversationSummary>>>({ queryKey: keys.conversations() })
  for (const [, data] of lists) {
    const row = data?.pages.flatMap((page) => page.items).find((item) => item.id === id)
    if (!row) continue
    return {
      ...row,
      epoch: 0,
      lastSeq: 0,
      handledSeq: 0,
      closeReason: null,
      requiredSkills: [],
      activeRuns: [],
      workflowId: '',
      firstMessageAt: null,
      firstResponseAt: null,
      createdAt: row.lastMessageAt,
      closedAt: null,
    }
  }
  return undefined
}
