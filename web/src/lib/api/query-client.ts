import { QueryClient } from '@tanstack/svelte-query'
import { ERRORS } from '#domain/errors.ts'
import { toProblem } from './problem.ts'

/** Nothing is fetched while the server renders: it paints the skeleton, the browser brings the data. */
export function createQueryClient(): QueryClient {
  const inBrowser = typeof window !== 'undefined'
  return new QueryClient({
    defaultOptions: {
      queries: {
        enabled: inBrowser,
        staleTime: 15_000,
        // On the server each page has a client of its own that goes with it; a timer would hold all of it for ten minutes.
        gcTime: inBrowser ? 10 * 60_000 : Number.POSITIVE_INFINITY,
        refetchOnWindowFocus: true,
        retry: (count, error) => count < 2 && ERRORS[toProblem(error).code].retry,
        retryDelay: (count) => Math.min(400 * 2 ** count, 3_000),
      },
      mutations: { retry: false },
    },
  })
}
