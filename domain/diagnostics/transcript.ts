import type { FindingValues } from './findings.ts'
import type { DiagnosticCheck, DiagnosticRun } from './schema.ts'

const MARKS: Readonly<Record<DiagnosticCheck['status'], string>> = {
  waiting: '[ .. ]',
  running: '[ .. ]',
  passed: '[ ok ]',
  warning: '[warn]',
  failed: '[FAIL]',
  skipped: '[skip]',
}

/** Sentences in the language of whoever copies it; codes stand beside them for whoever reads it. */
export type TranscriptWords = {
  title: string
  nameOf: (check: DiagnosticCheck) => string
  found: (finding: DiagnosticCheck['findings'][number]) => string
  fix: (finding: DiagnosticCheck['findings'][number]) => string | undefined
}

/** One line of text, whatever a name holds: what is pasted into a mail must not be able to look like more lines. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()

const valuesOf = (values: FindingValues): string =>
  oneLine(
    Object.entries(values)
      .map(([name, value]) => `${name}=${value}`)
      .join(' '),
  )

const together = (...parts: string[]): string => parts.filter((part) => part !== '').join(' ')

function tookOf({ startedAt, endedAt }: DiagnosticCheck): string {
  if (startedAt === null || endedAt === null) return ''
  return `${Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))} ms`
}

function linesOf(check: DiagnosticCheck, words: TranscriptWords): string[] {
  const key = check.channel === null ? check.key : `${check.key}/${check.channel.id}`
  const head = together(
    ...[MARKS[check.status], oneLine(words.nameOf(check)), `(${key})`, tookOf(check), valuesOf(check.facts)],
  )
  return [
    head,
    ...check.findings.flatMap((one) => {
      const fix = words.fix(one)
      return [
        `       ${oneLine(words.found(one))} (${together(one.code, valuesOf(one.values))})`,
        ...(fix === undefined ? [] : [`       -> ${oneLine(fix)}`]),
      ]
    }),
  ]
}

/**
 * A run as text for a mail to support: what was looked at, what was found, by which codes, and how long it took. Instants
 * are UTC. It holds what the page holds, so no secret and nothing that contacts wrote.
 */
export function transcriptOf(
  run: DiagnosticRun,
  words: TranscriptWords,
  { version, address }: { version: string; address: string },
): string {
  const head = [
    `${words.title} - Holdfast ${version} - ${address}`,
    `run ${run.id} - ${run.cause} - ${run.state}${run.result === null ? '' : ` - ${run.result}`}`,
    `${run.createdAt} .. ${run.endedAt ?? ''}`,
  ]
  return `${[...head, '', ...run.checks.flatMap((check) => linesOf(check, words))].join('\n')}\n`
}
