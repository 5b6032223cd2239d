import type { ConversationSummary } from '#domain/conversations/schema.ts'
import type { Page } from '#domain/paging.ts'
import { belongs, type ConversationFilter, onlyServerKnows } from './filter.ts'

export type Pages = { pages: Page<ConversationSummary>[]; pageParams: unknown[] }

const newer = (a: ConversationSummary, b: ConversationSummary): number =>
  Date.parse(b.lastMessageAt) - Date.parse(a.lastMessageAt) || (a.id < b.id ? 1 : -1)

/**
 * Puts a fresh row where it belongs in pages that are sorted by their last message: moved up, changed in place, added,
 * or taken out. Answers the same object when nothing changed, so that the screen does not redraw.
 */
export function placeConversation(
  data: Pages,
  row: ConversationSummary,
  filter: ConversationFilter,
  personId: string | undefined,
): Pages {
  const known = data.pages.some((page) => page.items.some((item) => item.id === row.id))
  const wanted = belongs(row, filter, personId) && (known || !onlyServerKnows(filter))
  if (!known && !wanted) return data

  const without = data.pages.map((page) =>
    page.items.some((item) => item.id === row.id)
      ? { ...page, items: page.items.filter((item) => item.id !== row.id) }
      : page,
  )
  if (!wanted) return { ...data, pages: without }

  const last = without.length - 1
  const index = without.findIndex(
    (page, at) => page.items.some((item) => newer(row, item) < 0) || (at === last && page.nextCursor === null),
  )
  // Older than all that is loaded while more pages wait: it will come with its own page.
  if (index === -1) return known || last < 0 ? { ...data, pages: without } : data
  return {
    ...data,
    pages: without.map((page, at) => (at === index ? { ...page, items: [...page.items, row].sort(newer) } : page)),
  }
}
