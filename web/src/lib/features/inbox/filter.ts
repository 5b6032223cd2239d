import type { ConversationState, ConversationSummary } from '#domain/conversations/schema.ts'

export const VIEWS = ['open', 'bot', 'queued', 'assigned', 'snoozed', 'closed'] as const
export type View = (typeof VIEWS)[number]
/** What is asked beside the view; empty texts ask nothing. Days are those of the reader, as `2026-11-21`. */
export type MoreFilter = { channelId: string; tagId: string; from: string; until: string; field: string; value: string }
export type ConversationFilter = {
  view: View
  unread: boolean
  mine: boolean
  needsPeople: boolean
  q: string
} & MoreFilter

export const NO_MORE: MoreFilter = { channelId: '', tagId: '', from: '', until: '', field: '', value: '' }
const MORE = Object.keys(NO_MORE) as (keyof MoreFilter)[]

export const NO_FILTER: ConversationFilter = {
  view: 'open',
  unread: false,
  mine: false,
  needsPeople: false,
  q: '',
  ...NO_MORE,
}

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
    ...(Object.fromEntries(MORE.map((name) => [name, search.get(name) ?? ''])) as MoreFilter),
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
  for (const name of MORE) if (filter[name]) search.set(name, filter[name])
  const text = search.toString()
  return text ? `?${text}` : ''
}

/** How many things are asked beside the view. */
export const countMore = (filter: MoreFilter): number =>
  [filter.channelId, filter.tagId, filter.from || filter.until, filter.field].filter(Boolean).length

/** Whether only the server can tell which rows fit: those that are shown stay, others are not added. */
export const onlyServerKnows = ({ q, tagId, from, until, field }: ConversationFilter): boolean =>
  [q, tagId, from, until, field].some(Boolean)

/** What the API is asked. A day ends where the next begins, in the zone of the reader. */
export function queryOf(filter: ConversationFilter): Record<string, string | boolean> {
  const { view, unread, mine, needsPeople, q, channelId, tagId, field, value } = filter
  const dayMs = (day: string, plusDays: number) => {
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
    return new Date(year, month - 1, date + plusDays).toISOString()
  }
  return {
    ...{ state: view, unread, mine, needsPeople, q, channelId, tagId, field },
    value: field ? value : '',
    from: filter.from ? dayMs(filter.from, 0) : '',
    until: filter.until ? dayMs(filter.until, 1) : '',
  }
}

/** Whether a row belongs into a view, as far as the row itself can tell. */
export function belongs(row: ConversationSummary, filter: ConversationFilter, personId: string | undefined): boolean {
  const state: ConversationState = row.state
  if (filter.view === 'open' ? state === 'closed' : state !== filter.view) return false
  if (filter.channelId && row.channel.id !== filter.channelId) return false
  if (filter.unread && row.unreadCount === 0) return false
  if (filter.needsPeople && !row.needsPeople) return false
  return !filter.mine || (row.owner.kind === 'user' && row.owner.id === personId)
}
