import { csvLine } from '../csv.ts'
import type { AuditLine } from './audit-log.ts'

/** The columns of the audit log as a table, in the order of their cells. */
const COLUMNS = [
  'at',
  'action',
  'actor',
  'actor_id',
  'actor_name',
  'subject',
  'subject_id',
  'request',
  'detail',
] as const

/** The first line of an export as CSV. */
export const auditCsvHead = (): string => csvLine(COLUMNS)

/** One line of the audit log as CSV. */
export function auditCsvLine(line: AuditLine): string {
  const { actor, subject } = line
  return csvLine([
    line.at,
    line.action,
    actor.kind,
    'id' in actor ? (actor.id ?? '') : '',
    line.actorName ?? '',
    subject.type,
    subject.id,
    line.requestId ?? '',
    JSON.stringify(line.detail),
  ])
}
