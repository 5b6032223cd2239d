import type { RunEvent } from '#domain/runs/schema.ts'
import type { I18n } from '#lib/i18n/index.ts'

/** Colours of the ticks; each event has its word beside it, so that none says it by colour alone. */
export const EVENT_TONES: Record<string, string> = {
  answered: 'bg-brand',
  rejected: 'bg-warn',
  problem: 'bg-warn',
  fault: 'bg-bad-solid',
  ended: 'bg-ink-2',
  fixed: 'bg-note',
}

/** What happened, in one line. Codes and ports keep their own words where we have none. */
export function eventText(event: RunEvent, { t, has }: Pick<I18n, 't' | 'has'>): string {
  const key = `runs.event_${event.kind}`
  const { port, code, detail, tookMs } = event.detail
  const portKey = `flows.ports.${String(port)}`
  // How a run ended is written where other events have the code of a fault.
  const codeKey = `${event.kind === 'ended' ? 'runs.outcome_' : 'flows.faults.'}${String(code)}`
  const why = typeof code === 'string' ? (has(codeKey) ? t(codeKey) : code) : ''
  const way = typeof port === 'string' ? (has(portKey) ? t(portKey) : port) : ''
  const what = has(key) ? t(key, { tookMs: Number(tookMs) }) : event.kind
  const triggerKey = `flows.trigger_${String(detail)}`
  const more = typeof detail !== 'string' ? '' : has(triggerKey) ? t(triggerKey) : detail
  return [what, way || why, more].filter(Boolean).join(' · ')
}
