import { warningAt } from '#domain/quotas/plans.ts'

export type Share = { percent: number; level: 'fine' | 'nearly' | 'full' }

/** How much of a limit is used, for the eye: never more than the whole, and never nothing for something. */
export function shareOf({ used, limit }: { used: number; limit: number }): Share {
  const exact = limit <= 0 ? 100 : (used / limit) * 100
  const percent = used === 0 && limit > 0 ? 0 : Math.min(100, Math.max(1, exact))
  const warned = warningAt({ used, limit })
  return { percent, level: limit <= 0 || warned === 100 ? 'full' : warned === 80 ? 'nearly' : 'fine' }
}
