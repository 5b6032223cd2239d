import { createQuery } from '@tanstack/svelte-query'
import type { DataRequest } from '#domain/privacy/schema.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'

const LOOK_AGAIN_MS = 1_000

export const isUnderWay = ({ state }: DataRequest): boolean => state === 'waiting' || state === 'running'

/** The requests about a contact; looked at again and again while one is under way. */
export function createDataRequests(contactId: () => string) {
  const query = createQuery(() => ({
    queryKey: [...keys.contact(contactId()), 'data-requests'],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<{ items: DataRequest[] }>(`/contacts/${contactId()}/data-requests`, undefined, signal),
    refetchInterval: (current: { state: { data?: { items: DataRequest[] } | undefined } }) =>
      current.state.data?.items.some(isUnderWay) ? LOOK_AGAIN_MS : false,
  }))
  return {
    query,
    get items() {
      return query.data?.items ?? []
    },
  }
}
