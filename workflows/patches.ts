import { patched } from '@temporalio/workflow'

/** Every patched() id: when it was added, and when it and what it guards may go. */
export const PATCHES = {
  'status-of-a-run': { added: '2026-11-30', removeWhen: 'no run of `flowRun` is open that began before' },
  'status-of-a-delivery': { added: '2026-11-30', removeWhen: 'no run of `webhookDelivery` is open that began before' },
  'rest-between-sends': { added: '2026-11-30', removeWhen: 'no run of `conversation` is open that began before' },
} as const satisfies Record<string, { added: string; removeWhen: string }>

/** True for what runs now; false where a run is read again that took its steps before the change. */
export const isPatched = (id: keyof typeof PATCHES): boolean => patched(id)
