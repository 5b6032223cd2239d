import type { InfiniteData, QueryClient } from '@tanstack/svelte-query'
import type { Conversation, ConversationSummary, Message } from '#domain/conversations/schema.ts'
import type { HouseEvent } from '#domain/events/schema.ts'
import type { Page } from '#domain/paging.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { mergeNewest } from '#lib/features/conversations/merge.ts'
import type { ConversationFilter } from '#lib/features/inbox/filter.ts'
import { placeConversation } from '#lib/features/inbox/place.ts'
import { staleKeys, touchesThread } from './stale.ts'

const ROWS_MAX = 25

/** Keeps cached answers true to the stream: rows are patched one by one, the rest is marked stale. */
export async function follow(client: QueryClient, events: HouseEvent[], personId: string | undefined): Promise<void> {
  const conversationIds = new Set<string>()
  const threadMessages = new Map<string, Set<string>>()
  for (const event of events) {
    // Nobody may be shown an erased contact again, not even while the answer is on its way.
    if (event.type === 'contact.erased')
      client.removeQueries({ queryKey: keys.contact(event.subject.id), type: 'inactive' })
    for (const key of staleKeys(event)) void client.invalidateQueries({ queryKey: key })
    const conversationId =
      event.conversationId ?? (event.subject.type === 'conversation' ? event.subject.id : undefined)
    if (conversationId === undefined || conversationId === null) continue
    conversationIds.add(conversationId)
    if (!touchesThread(event)) continue
    const messages = threadMessages.get(conversationId) ?? new Set<string>()
    if (event.subject.type === 'message') messages.add(event.subject.id)
    threadMessages.set(conversationId, messages)
  }
  if (conversationIds.size === 0) return
  void client.invalidateQueries({ queryKey: keys.counts })
  if (conversationIds.size > ROWS_MAX) invalidateRows(client, conversationIds)
  else await Promise.all([...conversationIds].map((id) => refreshRow(client, id, personId)))
  await Promise.all([...threadMessages].map(([id, messages]) => refreshThread(client, id, messages)))
}

/** More than are worth asking for one by one: the lists are asked for anew, and with them what is open or was. */
function invalidateRows(client: QueryClient, ids: ReadonlySet<string>): void {
  for (const queryKey of [keys.conversations(), ...[...ids].map(keys.conversation)])
    void client.invalidateQueries({ queryKey })
}

/** Asks for one conversation and puts it into every list on the screen. */
export async function refreshRow(client: QueryClient, id: string, personId: string | undefined): Promise<void> {
  const row = await api.get<Conversation>(`/conversations/${id}`).catch(() => undefined)
  if (row) placeRow(client, row, personId)
}

/** Puts a row we already hold (an answer, an optimistic change) into the detail and every list. */
export function placeRow(client: QueryClient, row: Conversation, personId: string | undefined): void {
  client.setQueryData(keys.conversation(row.id), row)
  const lists = client.getQueriesData<InfiniteData<Page<ConversationSummary>>>({ queryKey: keys.conversations() })
  for (const [key, data] of lists) {
    const filter = key[1] as ConversationFilter | undefined
    if (data && filter) client.setQueryData(key, placeConversation(data, row, filter, personId))
  }
}

async function refreshThread(client: QueryClient, id: string, messageIds: Set<string>): Promise<void> {
  const key = keys.thread(id)
  if (client.getQueryState(key) === undefined) return
  const newest = await api.get<Page<Message>>(`/conversations/${id}/messages`, { limit: 50 }).catch(() => undefined)
  const data = client.getQueryData<InfiniteData<Page<Message>>>(key)
  if (!newest || !data) return
  const fresh = new Set(newest.items.map((message) => message.id))
  const olderChanged = [...messageIds].some(
    (messageId) => !fresh.has(messageId) && data.pages.some((page) => page.items.some((item) => item.id === messageId)),
  )
  const merged = olderChanged ? undefined : mergeNewest(data, newest)
  if (merged) client.setQueryData(key, merged)
  else await client.invalidateQueries({ queryKey: key })
}
