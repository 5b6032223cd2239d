import type { ConversationState, ConversationSummary } from '#domain/conversations/schema.ts'

export const VIEWS = ['open', 'bot', 'queued', 'assigned', 'snoozed', 'closed'] as const
export type View = (typeof VIEWS)[number]
export type ConversationFilter = { view: View; unread: boolean; mine: boolean; needsPeople: boolean; q: string }

export const NO_FILTER: ConversationFilter = { view: 'open', unread: false, mine: false, needsPeople: false, q: '' }

const isView = (value: string | null): value is View => VIEWS.some((view) => view === value)

/** The filter lives in the address, so that a view can be shared and the back button works. */
export function filterFromSearch(search: Pick<URLSearchParams, 'get' | 'has'>): ConversationFilter {
  const view = search.get('view')
  return {
    view: isView(view) ? view : 'open',
    unread: search.has('unread'),
    mine: search.has('mine'),
    needsPeople: search.has('people'),
    q: search.get('q')?.trim() ?? '',
  }
}

/** The address of a filter; what is at its default stays out of it. */
export function searchOf(filter: ConversationFilter): string {
  const search = new URLSearchParams()
  if (filter.view !== 'open') search.set('view', filter.view)
  if (filter.unread) search.set('unread', '1')
  if (filter.mine) search.set('mine', '1')
  if (filter.needsPeople) search.set('people', '1')
  if (filter.q) search.set('q', filter.q)
  const text = search.toString()
  return text ? `?${text}` : ''
}

/** Whether a row belongs into a view. A text search is the server's to answer, so such rows stay where they are. */
export function belongs(row: ConversationSummary, filter: ConversationFilter, personId: string | undefined): boolean {
  const state: ConversationState = row.state
  if (filter.view === 'open' ? state === 'closed' : state !== filter.view) return false
  if (filter.unread && row.unreadCount === 0) return false
  if (filter.needsPeople && !row.needsPeople) return false
  return !filter.mine || (row.owner.kind === 'user' && row.owner.id === personId)
}
