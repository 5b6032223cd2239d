import type { Flow } from '#domain/flows/api.ts'
import type { I18n } from '#lib/i18n/index.ts'

type Problem = Flow['problems'][number]

/** What is wrong with a flow, in words; the API's English where a code is newer than this page. */
export function problemText(problem: Problem, { t, has }: Pick<I18n, 't' | 'has'>): string {
  const key = `flows.problem_${problem.code}`
  const params = problem['params']
  const values = typeof params === 'object' && params !== null ? (params as Record<string, string | number>) : {}
  return has(key) ? t(key, values) : (problem.message ?? problem.code)
}
