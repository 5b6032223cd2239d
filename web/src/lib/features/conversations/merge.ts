import type { Message } from '#domain/conversations/schema.ts'
import type { Page } from '#domain/paging.ts'

export type ThreadPages = { pages: Page<Message>[]; pageParams: unknown[] }

/**
 * Lays the newest page over what is loaded: known messages are replaced, new ones go to the front. Pages are newest
 * first. Answers undefined when the newest page does not reach what is loaded, so that the caller asks for all again.
 */
export function mergeNewest(data: ThreadPages, newest: Page<Message>): ThreadPages | undefined {
  const fresh = new Map(newest.items.map((message) => [message.id, message]))
  const known = new Set(data.pages.flatMap((page) => page.items.map((message) => message.id)))
  const reaches =
    newest.nextCursor === null || known.size === 0 || newest.items.some((message) => known.has(message.id))
  if (!reaches) return undefined

  const pages = data.pages.map((page) => ({
    ...page,
    items: page.items.map((message) => fresh.get(message.id) ?? message),
  }))
  const added = newest.items.filter((message) => !known.has(message.id))
  const first = pages[0] ?? { items: [], nextCursor: newest.nextCursor }
  return { ...data, pages: [{ ...first, items: [...added, ...first.items] }, ...pages.slice(1)] }
}

/** Puts one message at its place; the newest end when it was not known. */
export function mergeMessage(data: ThreadPages, message: Message): ThreadPages {
  return mergeNewest(data, { items: [message], nextCursor: null }) ?? data
}

/** Oldest first, each message once, as people read. */
export function chronological(data: ThreadPages | undefined): Message[] {
  const seen = new Set<string>()
  const messages: Message[] = []
  for (const message of data?.pages.flatMap((page) => page.items) ?? []) {
    if (seen.has(message.id)) continue
    seen.add(message.id)
    messages.push(message)
  }
  return messages.reverse()
}
