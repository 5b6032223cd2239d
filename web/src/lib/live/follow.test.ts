import type { QueryClient } from '@tanstack/svelte-query'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HouseEvent } from '#domain/events/schema.ts'
import { keys } from '#lib/api/keys.ts'
import { follow } from './follow.svelte.ts'

const asked: string[] = []
const stale: (readonly unknown[])[] = []
/** A cache without threads that notes what is made stale. */
const client = {
  invalidateQueries: async ({ queryKey }: { queryKey: readonly unknown[] }) => void stale.push(queryKey),
  getQueryState: () => undefined,
  getQueriesData: () => [],
  setQueryData: () => undefined,
} as unknown as QueryClient

beforeEach(() => {
  asked.length = 0
  stale.length = 0
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url)
    return Response.json({ id: url.split('/').at(-1) })
  })
})
afterEach(() => vi.unstubAllGlobals())

const burst = (count: number): HouseEvent[] =>
  Array.from({ length: count }, (_, index) => {
    const id = `c${index}`
    return { type: 'conversation.changed', subject: { type: 'conversation', id }, conversationId: id } as HouseEvent
  })

test('a few conversations are asked for one by one', async () => {
  await follow(client, burst(2), 'p1')
  expect(asked.sort()).toEqual(['/api/v1/conversations/c0', '/api/v1/conversations/c1'])
  expect(stale).not.toContainEqual(keys.conversations())
})

test('after a burst of many each of them is stale with the lists, so that the open one is asked for anew', async () => {
  await follow(client, burst(40), 'p1')
  expect(asked).toEqual([])
  for (const key of [keys.conversations(), keys.conversation('c0'), keys.conversation('c39')])
    expect(stale).toContainEqual(key)
})
