import type { OutboundState } from './schema.ts'

/**
 * How far a state has come. The provider has not answered in the open states (0). A failure outranks what is short of
 * delivery and yields to delivery or reading, which prove it wrong; what we withheld ourselves yields to the same proof.
 */
const RANK = {
  queued: 0,
  sending: 0,
  unknown: 0,
  accepted: 1,
  sent: 2,
  failed: 3,
  suppressed: 3,
  superseded: 3,
  delivered: 4,
  read: 5,
} as const satisfies Record<OutboundState, number>

/** What a provider can tell about a message that it has. */
export const PROVIDER_STATES = ['accepted', 'sent', 'delivered', 'read', 'failed'] as const
export type ProviderState = (typeof PROVIDER_STATES)[number]

/**
 * Merges one report of the provider into what we know. Reports come doubled, late, out of order and with gaps; after
 * any of them the result depends only on which reports came, never on their order, and a state never moves back.
 */
export function advanceState(current: OutboundState, incoming: ProviderState): OutboundState {
  return RANK[incoming] > RANK[current] ? incoming : current
}

/** `played` is a voice note that was heard, hence read. Words that say nothing about delivery are undefined. */
export function providerStateOf(status: string): ProviderState | undefined {
  if (status === 'played') return 'read'
  return PROVIDER_STATES.find((state) => state === status)
}
