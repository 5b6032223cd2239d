import type { Json } from '../conditions/json.ts'
import { wallClock } from '../time.ts'
import type { ContactFacts, FlowFacts, InterpreterState } from './run.ts'

/** The names a path may begin with. What follows `contact.fields`, `vars` and `trigger.data` is the tenant's own. */
export const SCOPE_ROOTS = ['contact', 'vars', 'run', 'trigger', 'business'] as const
export type ScopeRoot = (typeof SCOPE_ROOTS)[number]

/** Paths that are always there, for the variable picker and the check of variables. */
export const SCOPE_PATHS = [
  'contact.id',
  'contact.name',
  'contact.first_name',
  'contact.phone',
  'contact.email',
  'contact.locale',
  'contact.timeZone',
  'contact.birthday',
  'contact.tags',
  'run.id',
  'run.started_at_ms',
  'run.now_ms',
  'run.today',
  'run.time',
  'run.weekday',
  'run.last_text',
  'trigger.kind',
  'trigger.text',
  'trigger.keyword',
  'business.name',
  'business.time_zone',
] as const

/** Whether a path names something a run can know. Custom fields, variables and trigger data are checked by their root. */
export function isScopePath(path: string): boolean {
  if ((SCOPE_PATHS as readonly string[]).includes(path)) return true
  return ['contact.fields.', 'vars.', 'trigger.data.', 'business.fields.'].some((root) => path.startsWith(root))
}

/**
 * The data that conditions and templates read. Date and time are the business's, because people who write "today" mean
 * theirs; they are worked out only when something reads them.
 */
export function buildScope(input: {
  state: InterpreterState
  facts: FlowFacts
  contact: ContactFacts
  nowMs: number
}): {
  [root in ScopeRoot]: Json
} {
  const { state, facts, contact, nowMs } = input
  let clock: ReturnType<typeof wallClock> | undefined
  const wall = () => {
    clock ??= wallClock(nowMs, facts.business.timeZone)
    return clock
  }
  return {
    contact: { ...contact, first_name: contact.name?.trim().split(/\s+/u)[0] ?? null } as { [key: string]: Json },
    vars: state.variables,
    run: {
      id: state.runId,
      started_at_ms: state.startedAtMs,
      now_ms: nowMs,
      last_text: state.lastMessage?.text ?? null,
      get today() {
        return wall().date
      },
      get time() {
        return wall().time
      },
      /** 1 = Monday to 7 = Sunday, as the ISO calendar counts. */
      get weekday() {
        return wall().weekday + 1
      },
    },
    trigger: { ...state.trigger } as { [key: string]: Json },
    business: {
      name: facts.business.name ?? null,
      time_zone: facts.business.timeZone,
      fields: facts.business.fields ?? {},
    },
  }
}
