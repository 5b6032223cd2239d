import type { ApiProblem } from '#lib/api/problem.ts'

/**
 * Whether a proof itself was refused, by the API or by the device that should have given it. All else stood in its way, such as
 * a server that does not answer, and says nothing about it.
 */
export const isRefused = ({ code, status, offline }: ApiProblem): boolean =>
  code === 'unauthenticated' || code === 'invalid_input' || (status === 0 && !offline)
