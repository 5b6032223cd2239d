import type { Page } from '#domain/paging.ts'
import { api } from './client.ts'

/** All of a list that is chosen from as a whole, such as tags and colleagues: hundreds of them, as plans bound them. */
export async function allOf<T>(path: string, signal: AbortSignal): Promise<Page<T>> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page: Page<T> = await api.get<Page<T>>(path, { limit: 100, cursor }, signal)
    items.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return { items, nextCursor: null }
}
