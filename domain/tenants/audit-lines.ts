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
export const auditCsvHead = (): string => `${COLUMNS.join(',')}\r\n`

/** One line of the audit log as CSV. A cell that a spreadsheet would run as a formula is made text by an apostrophe. */
export function auditCsvLine(line: AuditLine): string {
  const { actor, subject } = line
  const cells = [
    line.at,
    line.action,
    actor.kind,
    'id' in actor ? (actor.id ?? '') : '',
    line.actorName ?? '',
    subject.type,
    subject.id,
    line.requestId ?? '',
    JSON.stringify(line.detail),
  ]
  return `${cells.map(csvCell).join(',')}\r\n`
}

/** What spreadsheets take for the beginning of a formula, or pass over before one; wide signs are signs to some of them. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n\0]/

function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
