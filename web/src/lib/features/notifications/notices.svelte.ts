import { createQuery, type InfiniteData, useQueryClient } from '@tanstack/svelte-query'
import type { Notification } from '#domain/notifications/schema.ts'
import type { Page } from '#domain/paging.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { createList } from '#lib/api/list.svelte.ts'

type Pages = InfiniteData<Page<Notification>>

/** How many notifications a person has not read; the stream of events keeps it true. */
export const createUnreadCount = () =>
  createQuery(() => ({
    queryKey: keys.unreadNotices,
    queryFn: ({ signal }) => api.get<{ count: number }>('/notifications/unread', undefined, signal),
  }))

/** What a person was told. It is asked for when the panel opens. */
export function createNotices(open: () => boolean) {
  const client = useQueryClient()
  const list = createList<Notification>(() => ({
    key: keys.notices,
    path: '/notifications',
    limit: 30,
    enabled: open(),
  }))

  /** Shown as read at once; the server is told behind it. */
  function mark(isRead: (notice: Notification) => boolean): void {
    const readAt = new Date().toISOString()
    client.setQueryData<Pages>(
      keys.notices,
      (data) =>
        data && {
          ...data,
          pages: data.pages.map((page) => ({
            ...page,
            items: page.items.map((notice) =>
              isRead(notice) && notice.readAt === null ? { ...notice, readAt } : notice,
            ),
          })),
        },
    )
  }
  const told = () => client.invalidateQueries({ queryKey: keys.unreadNotices })

  return {
    list,
    async read(id: string) {
      mark((notice) => notice.id === id)
      await api.post(`/notifications/${id}/read`).catch(() => undefined)
      await told()
    },
    async readAll() {
      mark(() => true)
      await api.post('/notifications/read').catch(() => undefined)
      await told()
    },
  }
}
