import type { DiagnosticCheck } from '#domain/diagnostics/schema.ts'

export type CheckGroup = { channel: DiagnosticCheck['channel']; checks: DiagnosticCheck[] }

const URGENCY: Readonly<Record<DiagnosticCheck['status'], number>> = {
  failed: 0,
  warning: 1,
  running: 2,
  waiting: 2,
  passed: 2,
  skipped: 3,
}
const urgencyOf = ({ status }: DiagnosticCheck): number => URGENCY[status]
const worstOf = ({ checks }: CheckGroup): number => Math.min(...checks.map(urgencyOf))

/**
 * Checks by what they are about: first the workspace, then number by number. With `worstFirst`, what failed comes
 * first and what needs a look follows, in each group and among the groups; while a run is under way rows stay in their places.
 */
export function groupChecks(checks: readonly DiagnosticCheck[], worstFirst: boolean): CheckGroup[] {
  const byChannel = Map.groupBy(checks, ({ channel }) => channel?.id ?? '')
  const groups = [...byChannel.values()].map((own) => ({
    channel: own[0]!.channel,
    checks: worstFirst ? own.toSorted((a, b) => urgencyOf(a) - urgencyOf(b)) : own,
  }))
  return worstFirst ? groups.toSorted((a, b) => worstOf(a) - worstOf(b)) : groups
}
