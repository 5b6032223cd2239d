import { PROCESS_KINDS, type SystemHealth } from '#domain/platform/health.ts'
import type { MessageKey } from '#lib/i18n/index.ts'

/** What is down or stands still, by its name on the page; what nobody can tell is no trouble. */
export function troubleOf({ processes, temporal, storage, mail }: SystemHealth): MessageKey[] {
  return [
    ...PROCESS_KINDS.filter((kind) => processes[kind].state !== 'up').map((kind) => `health.process_${kind}` as const),
    ...(temporal.state === 'down' || temporal.unattended.length > 0 ? ['platform.part_temporal' as const] : []),
    ...(storage.state === 'down' ? ['health.storage' as const] : []),
    ...(mail.state === 'down' ? ['health.mail' as const] : []),
  ]
}
