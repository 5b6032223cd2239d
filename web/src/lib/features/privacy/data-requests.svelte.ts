import type { DataRequest } from '#domain/privacy/schema.ts'
import { keys } from '#lib/api/keys.ts'
import { createList } from '#lib/api/list.svelte.ts'

const LOOK_AGAIN_MS = 1_000

export const isUnderWay = ({ state }: DataRequest): boolean => state === 'waiting' || state === 'running'

/** The requests about a contact; looked at again and again while one is under way. */
export const createDataRequests = (contactId: () => string) =>
  createList<DataRequest>(() => ({
    key: [...keys.contact(contactId()), 'data-requests'],
    path: `/contacts/${contactId()}/data-requests`,
    limit: 20,
    pollMs: (items) => (items.some(isUnderWay) ? LOOK_AGAIN_MS : false),
  }))
