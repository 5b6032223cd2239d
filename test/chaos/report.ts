import { quantile, round, table } from '../load/figures.ts'
import { type Options, TARGETS } from './options.ts'
import type { Recovery } from './recovery.ts'
import type { Outcome } from './run.ts'

const SHOWN_MAX = 20

/** Lost and duplicated nothing, kept the order, and came to rest. */
export function passed({ account, drainedS }: Outcome): boolean {
  const { lost, duplicated, disordered } = account
  return lost.length + duplicated.length + disordered.length === 0 && drainedS !== undefined
}

/** The account as people read it. The last line is for scripts. */
export function reportOf(outcome: Outcome, options: Options): string {
  const { account } = outcome
  const { lost, duplicated, flagged, disordered } = account
  return [
    '',
    `seed ${options.seed}, ${options.kills} kills of each process, ${options.ratePerSecond} messages a second`,
    '',
    table(['kill', 'process', 'up again', 'first acknowledged', 'first answered'], outcome.recoveries.map(killRow)),
    '',
    table(
      ['process', 'kills', 'up again p50', 'worst', 'first acknowledged p50', 'worst', 'first answered p50', 'worst'],
      TARGETS.map((target) => targetRow(target, outcome)),
    ),
    '',
    table(['account', ''], accountRows(outcome)),
    ...findings('lost', lost),
    ...findings('duplicated', duplicated),
    ...findings('out of order', disordered),
    ...outcome.diagnosis,
    '',
    `lost ${lost.length}, duplicated ${duplicated.length}, flagged ${flagged}`,
  ].join('\n')
}

const s = (value: number | undefined): string => (value === undefined ? 'never' : `${round(value)} s`)

const killRow = ({ target, upS, ackS, answerS }: Recovery, index: number): string[] => [
  String(index + 1),
  target,
  s(upS),
  s(ackS),
  s(answerS),
]

function targetRow(target: string, { recoveries }: Outcome): string[] {
  const own = recoveries.filter((recovery) => recovery.target === target)
  const columns = (['upS', 'ackS', 'answerS'] as const).flatMap((name) => {
    const known = own.flatMap((recovery) => recovery[name] ?? [])
    const worst = known.length < own.length ? undefined : quantile(known, 1)
    return [s(quantile(known, 0.5)), s(worst)]
  })
  return [target, String(own.length), ...columns]
}

function accountRows({ account, people, waitedS, drainedS, waiting, backlog }: Outcome): string[][] {
  const rest = `${backlog.items} items, ${backlog.unhandled} conversations, ${backlog.leaving} sends, ${backlog.unknown} unknown`
  const rows: [string, number | string][] = [
    ['written by customers', account.posted],
    ['acknowledged', account.acknowledged],
    ['stored', account.stored],
    ['handled', account.handled],
    ['answered', account.answered],
    ['  of them by people', account.answeredByPeople],
    ['flagged as possible duplicates', account.flagged],
    ['  of them really sent again', account.flaggedTwice],
    ['sends whose outcome stays unknown', backlog.undecided],
    ['questions repeated after a hand-back', account.repeatedPrompts],
    ['stored or answered out of order', account.disordered.length],
    ['held back by a limit', account.held],
    ['parked items', account.deadItems],
    ['runs that failed', account.runsFailed === 0 ? 0 : `${account.runsFailed} (${account.failureCodes.join(', ')})`],
    ['taken over, handed back', `${people.takenOver}, ${people.handedBack}`],
    ['customers waited for the machine', s(waitedS)],
    ['calls of people that failed meanwhile', people.refused],
    ['webhooks not acknowledged at the end', waiting],
    ['at rest after', drainedS === undefined ? `not within the time: ${rest}` : s(drainedS)],
  ]
  return rows.map(([what, figure]) => [what, String(figure)])
}

function findings(what: string, list: readonly string[]): string[] {
  if (list.length === 0) return []
  const more = list.length > SHOWN_MAX ? [`  … and ${list.length - SHOWN_MAX} more`] : []
  return ['', `${what}:`, ...list.slice(0, SHOWN_MAX).map((line) => `  ${line}`), ...more]
}
