import type { BacklogQueue } from '#domain/diagnostics/rules.ts'
import type { DiagnosticCheck } from '#domain/diagnostics/schema.ts'
import type { I18n, MessageKey } from '#lib/i18n/index.ts'

type Translate = I18n['t']
type Finding = DiagnosticCheck['findings'][number]

/** What a finding says. Queues and problems are named by their words, not by their keys. */
export function foundText(t: Translate, { code, values }: Finding): string {
  const said = { ...values }
  if (typeof said['queue'] === 'string') said['queue'] = t(`diagnostics.queue_${said['queue'] as BacklogQueue}`)
  if (typeof said['code'] === 'string') said['code'] = problemText(t, said['code'])
  return t(`diagnostics.found_${code}`, said)
}

/** The sentence of a problem inside another one; a code that has no words stays itself. */
function problemText(t: Translate, code: string): string {
  const key = `errors.${code}`
  const text = t(key as MessageKey)
  return text === key ? code : `“${text.replace(/[.।]$/, '')}”`
}

export const fixText = (t: Translate, { fix }: Finding): string | undefined =>
  fix === null ? undefined : t(`diagnostics.fix_${fix}`)

/** The number of a phone reads from the left in any language. */
export const fromLeft = (text: string): string => `\u2066${text}\u2069`

/** What was well, in one sentence with its figures. */
export function passedText(t: Translate, { key, facts }: DiagnosticCheck): string {
  const { number } = facts
  return t(`diagnostics.passed_${key}`, typeof number === 'string' ? { ...facts, number: fromLeft(number) } : facts)
}

/** A check by its name, and by its number where it is about one. */
export function nameOf(t: Translate, { key, channel }: DiagnosticCheck): string {
  const name = t(`diagnostics.check_${key}`)
  return channel === null ? name : `${name} · ${channel.name}`
}

/** How long a check took: exact while it is short. */
export function tookText(t: Translate, { startedAt, endedAt }: DiagnosticCheck, number: (n: number) => string) {
  if (startedAt === null || endedAt === null) return undefined
  const ms = Math.max(0, Date.parse(endedAt) - Date.parse(startedAt))
  if (ms < 1_000) return t('diagnostics.took', { ms: number(ms) })
  return t('diagnostics.took_seconds', { seconds: number(Math.round(ms / 100) / 10) })
}
