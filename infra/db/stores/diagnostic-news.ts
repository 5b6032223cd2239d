import type { DiagnosticResult } from '#domain/diagnostics/checks.ts'
import { type CheckMark, newsOf } from '#domain/diagnostics/rules.ts'
import { sql, type Tx } from '../tx.ts'
import { appendEvents } from './events.ts'
import { notify } from './notifications.ts'
import { whoRunsIt } from './quota-warnings.ts'

type Ended = {
  tenantId: string
  id: string
  cause: 'person' | 'schedule'
  result: DiagnosticResult
  marks: readonly CheckMark[]
}

/**
 * Tells of a run that is over: everybody by its event, and whoever runs the workspace by a notification when a scheduled
 * run found what the scheduled run before had not. Who started a run by hand looks at it already.
 */
export async function tellDiagnosis(tx: Tx, { tenantId, id, cause, result, marks }: Ended): Promise<void> {
  const failed = marks.filter(({ status }) => status === 'failed').map(({ key }) => key)
  await appendEvents(tx, [
    {
      tenantId,
      type: 'diagnostics.ended',
      actor: { kind: 'system' },
      subject: { type: 'diagnostics', id },
      data: { cause, result, failed: [...new Set(failed)] },
    },
  ])
  if (cause !== 'schedule') return
  const { newlyFailing, isWellAgain } = newsOf(await marksBefore(tx, id), marks)
  if (newlyFailing.length === 0 && !isWellAgain) return
  const kind = isWellAgain ? 'diagnostics_well' : 'diagnostics_failing'
  const notice = {
    tenantId,
    kind,
    subject: { type: 'diagnostics', id },
    params: { count: newlyFailing.length },
  } as const
  for (const personId of await whoRunsIt(tx)) await notify(tx, { ...notice, personId })
}

/** The marks of the scheduled run before this one that came to its end. */
const marksBefore = (tx: Tx, id: string): Promise<CheckMark[]> =>
  tx.rows<CheckMark>(sql`
    select key, channel_id as "channelId", status from diagnostic_checks where diagnostic_id = (
      select r.id from diagnostic_runs r where r.cause = 'schedule' and r.state = 'done' and r.id < ${id}
      order by r.id desc limit 1)`)
