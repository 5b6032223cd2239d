/** What a turn decided: ids, postures and instants only, because it is written into a workflow's history. */
export type ConversationOutcome = {
  kind: 'rest' | 'closed' | 'inspect_owner'
  /** Outbound messages to send now, in order. */
  sends: string[]
  /** Look again at this instant even when no bell rings: a snooze ends, an idle conversation closes. */
  wakeAtMs: number | null
  /** There is more to do at once. */
  more: boolean
  /** For `inspect_owner`: the run that should have taken its messages, and the epoch read before the look. */
  runId?: string
  epoch?: number
}

export type RunPosture = 'asking' | 'delaying' | 'calling' | 'waiting_floor' | 'parked' | 'ended'

export type FlowOutcome = {
  posture: RunPosture
  sends: string[]
  /** The wait that a timer or a call result belongs to; a stale one changes nothing. */
  waitId: string | null
  /** When the wait ends by itself. For an ask it is counted anew when the prompt is accepted. */
  wakeAtMs: number | null
  promptTimeoutMs: number | null
  more: boolean
  /** Where the run stands and what it runs, for the Temporal UI. */
  nodeId: string | null
  result: string | null
}

/** What brought the flow's workflow to its turn. */
export type FlowTurnEvent =
  | { kind: 'look' }
  | { kind: 'timer'; waitId: string }
  /** The prompt of this wait was refused for good, or its fate is known now. */
  | { kind: 'prompt'; waitId: string }
  | { kind: 'call'; waitId: string }
  | { kind: 'cancel' }
