import { createQuery } from '@tanstack/svelte-query'
import type { Channel } from '#domain/channels/schema.ts'
import type { Page } from '#domain/paging.ts'
import { api } from '#lib/api/client.ts'
import { useConfig } from '#lib/features/shell/config.svelte.ts'
import { useSession } from '#lib/features/shell/session.svelte.ts'

const AGAIN_MS = 2_000

/** Where a person can write to their own number as a customer; undefined where no phone simulator stands in. */
export function useOwnPhone() {
  const config = useConfig()
  const session = useSession()
  const channels = createQuery(() => ({
    queryKey: ['own-phone'],
    queryFn: ({ signal }) => api.get<Page<Channel>>('/channels', { limit: 1 }, signal),
    enabled: session.can('channels.read') && Boolean(config.data?.phoneSimulatorUrl),
    // A new workspace gets its number a moment after its first page.
    refetchInterval: (query) => (query.state.data?.items.length === 0 ? AGAIN_MS : false),
  }))
  const number = $derived(channels.data?.items[0]?.phoneNumberId)
  const url = $derived(
    config.data?.phoneSimulatorUrl && number
      ? `${config.data.phoneSimulatorUrl}/?to=${number}`
      : config.data?.phoneSimulatorUrl,
  )
  return {
    get url() {
      return url
    },
  }
}
