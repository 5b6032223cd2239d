import { toProblem } from '#lib/api/problem.ts'

/** Whether a query has nothing to show: no answer ever came, or the last one says that it is no more, as after an erasure. */
export const isGone = ({ isError, error, data }: { isError: boolean; error: unknown; data: unknown }): boolean =>
  isError && (data === undefined || toProblem(error).code === 'not_found')
