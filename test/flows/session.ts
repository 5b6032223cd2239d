import { applyToFacts } from '#domain/flows/facts.ts'
import { type InterpretResult, interpret } from '#domain/flows/interpreter.ts'
import { type FlowCommand, type FlowEvent, type FlowFacts, startState, type TriggerFacts } from '#domain/flows/run.ts'
import { FlowDefinition } from '#domain/flows/schema.ts'

/** One run of a golden case: what happens to it, and how long after the event before. */
export type GoldenSession = {
  name: string
  trigger?: TriggerFacts
  facts?: Partial<FlowFacts>
  events: { afterMs?: number; event: FlowEvent }[]
}

export type GoldenCase = {
  description: string
  startMs: number
  facts: FlowFacts
  flowVersionId: string
  definitions: Record<string, unknown>
  sessions: GoldenSession[]
}

export type TranscriptLine = { atMs: number; event: FlowEvent; consumed: boolean; commands: FlowCommand[] }
export type Transcript = { session: string; lines: TranscriptLine[]; state: InterpretResult['state'] }[]

/** Plays every session of a case from its first event. Ids and clock come from the case, so the result never varies. */
export function playCase(given: GoldenCase): Transcript {
  const definitions = Object.fromEntries(
    Object.entries(given.definitions).map(([id, definition]) => [id, FlowDefinition.parse(definition)]),
  )
  return given.sessions.map((session) => {
    let atMs = given.startMs
    let facts: FlowFacts = { ...given.facts, ...session.facts }
    let state = startState({
      runId: 'run-1',
      flowVersionId: given.flowVersionId,
      trigger: session.trigger ?? { kind: 'any_message' },
      nowMs: atMs,
    })
    const lines = session.events.map(({ afterMs = 0, event }) => {
      atMs += afterMs
      const result = interpret({ definitions, state, event, facts, nowMs: atMs })
      state = result.state
      facts = applyToFacts(facts, result.commands)
      return { atMs, event, consumed: result.consumed, commands: result.commands }
    })
    return { session: session.name, lines, state }
  })
}

/** The bytes of a transcript as they are kept: one thing on a line, so that a change reads well. */
export function transcriptText(transcript: Transcript): string {
  const lines: unknown[] = transcript.flatMap(({ session, lines, state }) => [
    { session },
    ...lines.flatMap(({ commands, ...met }) => [met, ...commands]),
    { state },
  ])
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}
