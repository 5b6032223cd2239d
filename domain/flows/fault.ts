/** Why a run ended in an error. Each is a translation key `flows.faults.<code>` and stands in the run's log. */
export const FLOW_FAULTS = [
  'nodes_budget',
  'steps_budget',
  'operations_budget',
  'sends_budget',
  'variables_too_large',
  'node_missing',
  'definition_missing',
  'start_missing',
  'subflow_too_deep',
  'port_unconnected',
  'prompt_failed',
  'date_invalid',
  'calendar_missing',
  'condition_invalid',
  'internal',
] as const
export type FlowFaultCode = (typeof FLOW_FAULTS)[number]

/** Ends the run in an error and calls people. Thrown inside a step only; the interpreter turns it into commands. */
export class FlowFault extends Error {
  readonly code: FlowFaultCode

  constructor(code: FlowFaultCode, message: string) {
    super(message)
    this.name = 'FlowFault'
    this.code = code
  }
}
