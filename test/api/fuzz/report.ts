import { codesOf, type Finding } from './by-design.ts'

/** What schemathesis writes down line by line, as far as it is read here. */
type Check = { name: string; status: string; failure_info?: { failure: { title: string; message: string } } }
type Bytes = { $base64: string }
type Interaction = {
  request: { method: string; uri: string; body?: Bytes | null }
  response?: { status_code: number; content?: Bytes | null } | null
}
type Recorder = {
  label: string
  cases?: Record<string, { value: { method: string; path: string } }>
  checks?: Record<string, Check[]>
  interactions?: Record<string, Interaction>
}
type Line = {
  Initialize?: { seed: number }
  LoadingFinished?: { statistic: { operations: { selected: number } } }
  PhaseStarted?: { phase: { name: string } }
  ScenarioFinished?: { phase: string; recorder: Recorder }
  NonFatalError?: unknown
  FatalError?: unknown
  EngineFinished?: { stop_reason: string }
}

export type Report = {
  seed: string
  /** How many operations were chosen, and which of them were asked and ever answered by success. */
  selected: number
  asked: Set<string>
  reached: Set<string>
  cases: number
  phase: string
  /** How many scenarios have ended in this phase: an operation each, but for sequences of them. */
  ended: number
  findings: Map<string, Finding>
  errors: unknown[]
  /** `completed`, unless the run broke off: then it has proven nothing. */
  stopReason: string
}

export const emptyReport = (): Report => ({
  seed: '',
  selected: 0,
  asked: new Set(),
  reached: new Set(),
  cases: 0,
  phase: 'loading',
  ended: 0,
  findings: new Map(),
  errors: [],
  stopReason: 'nothing was written of an end',
})

const textOf = (bytes: Bytes | null | undefined) =>
  bytes === null || bytes === undefined ? '' : Buffer.from(bytes.$base64, 'base64').toString('utf8')

/** A sequence has no operation of its own; each of its steps has. */
function operationOf({ label, cases }: Recorder, id: string, phase: string): string {
  const step = cases?.[id]?.value
  return phase === 'stateful' && step !== undefined ? `${step.method} ${step.path}` : label
}

function readScenario(report: Report, phase: string, recorder: Recorder): void {
  const { interactions = {}, checks = {} } = recorder
  report.ended += 1
  for (const [id, { response }] of Object.entries(interactions)) {
    const operation = operationOf(recorder, id, phase)
    report.cases += 1
    report.asked.add(operation)
    if (response && response.status_code < 300) report.reached.add(operation)
  }
  for (const [id, made] of Object.entries(checks)) {
    const { request, response } = interactions[id] ?? {}
    for (const { name, failure_info } of made.filter(({ status }) => status === 'failure')) {
      const finding: Finding = {
        operation: operationOf(recorder, id, phase),
        check: name,
        title: failure_info?.failure.title ?? '',
        message: failure_info?.failure.message ?? '',
        request: request === undefined ? '' : `${request.method} ${request.uri} ${textOf(request.body)}`,
        status: response?.status_code ?? 0,
        answer: textOf(response?.content),
      }
      const kind = [finding.operation, name, finding.title, finding.status, JSON.stringify(codesOf(finding.answer))]
      // The first of a kind is enough to mend it.
      if (!report.findings.has(kind.join(' '))) report.findings.set(kind.join(' '), finding)
    }
  }
}

export function readLine(report: Report, text: string): void {
  const line = JSON.parse(text) as Line
  if (line.Initialize) report.seed = text.match(/"seed": ?(\d+)/)?.[1] ?? ''
  if (line.LoadingFinished) report.selected = line.LoadingFinished.statistic.operations.selected
  if (line.PhaseStarted) Object.assign(report, { phase: line.PhaseStarted.phase.name, ended: 0 })
  if (line.ScenarioFinished) readScenario(report, line.ScenarioFinished.phase, line.ScenarioFinished.recorder)
  if (line.NonFatalError) report.errors.push(line.NonFatalError)
  if (line.FatalError) report.errors.push(line.FatalError)
  if (line.EngineFinished) report.stopReason = line.EngineFinished.stop_reason
}
