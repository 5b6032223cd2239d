import type { DeliverySizes } from './deliveries.ts'
import type { InboxSize } from './inbox.ts'
import type { RememberingSizes } from './remembering.ts'
import type { RequestSizes } from './requests.ts'
import type { Shape } from './turns.ts'

export type Rate = { perSecond: number; seconds: number }
export type Sizes = {
  numbers: number
  warmUp: Shape
  talk: Shape
  counted: Shape
  latency: Rate
  strangers: Rate
  acknowledge: Rate
  ingestSeconds: number
  events: number
  inbox: InboxSize
  inboxRounds: number
  deliveries: DeliverySizes
  requests: RequestSizes
  remembering: RememberingSizes
}

export const sizesOf = (quick: boolean): Sizes =>
  quick
    ? {
        numbers: 2,
        warmUp: { conversations: 5, messages: 2 },
        talk: { conversations: 20, messages: 3 },
        counted: { conversations: 5, messages: 4 },
        latency: { perSecond: 5, seconds: 4 },
        strangers: { perSecond: 2, seconds: 4 },
        acknowledge: { perSecond: 50, seconds: 3 },
        ingestSeconds: 2,
        events: 100,
        inbox: { conversations: 1_000, messages: 10_000 },
        inboxRounds: 5,
        deliveries: { count: 100, bareCount: 1_000, paced: { count: 20 } },
        requests: { seconds: 1, counted: 50, checks: 100 },
        remembering: { turns: { conversations: 4, messages: 3 }, loads: 3 },
      }
    : {
        numbers: 3,
        warmUp: { conversations: 40, messages: 4 },
        talk: { conversations: 100, messages: 10 },
        counted: { conversations: 20, messages: 10 },
        latency: { perSecond: 20, seconds: 60 },
        strangers: { perSecond: 5, seconds: 30 },
        acknowledge: { perSecond: 300, seconds: 20 },
        ingestSeconds: 12,
        events: 1_000,
        inbox: { conversations: 100_000, messages: 1_000_000 },
        inboxRounds: 40,
        deliveries: { count: 1_500, bareCount: 10_000, paced: { count: 200 } },
        requests: { seconds: 4, counted: 400, checks: 2_000 },
        remembering: { turns: { conversations: 20, messages: 10 }, loads: 20 },
      }
