import type { InboundContent, OutboundContent, OutboundState } from '#domain/messages/schema.ts'

/** A file that the seed draws itself. */
export type SeedFile = { kind: 'photo' | 'receipt' | 'voice'; name: string; hue?: number }

type Times = { gapMin?: number }
type Outbound = Times & {
  content?: OutboundContent
  file?: SeedFile
  caption?: string
  state?: OutboundState
  failure?: { code: string; providerCode?: number; title?: string; details?: string }
  reminder?: boolean
  react?: string
  possibleDuplicate?: boolean
  /** Answers to the line so many before. */
  answers?: number
}

/** One line of a scene. `gapMin` is the time since the line before. */
export type SceneLine =
  | (Times & {
      by: 'contact'
      content?: InboundContent
      file?: SeedFile
      caption?: string
      held?: boolean
      react?: string
      answers?: number
    })
  | (Outbound & { by: 'agent'; agent?: number })
  | (Outbound & { by: 'flow'; node?: string })
  | (Times & { by: 'house'; code: string; params?: Record<string, string | number>; agent?: number })

/** A conversation as it is told. `{name}` in texts is the contact's first name. */
export type Scene = {
  key: string
  state: 'bot' | 'queued' | 'assigned' | 'snoozed' | 'closed'
  /** How long ago the last line was, in minutes. */
  ageMin: number
  agent?: number
  unread?: number
  priority?: 'urgent' | 'normal' | 'low'
  tags?: readonly string[]
  /** Index into the named contacts; without it any other contact plays the part. */
  contact?: number
  closeReason?: string
  snoozeMin?: number
  /** Which sample flow spoke, for the lines of `flow`. */
  flow?: 'welcome' | 'order' | 'lead'
  lines: readonly SceneLine[]
}

type More<B extends SceneLine['by']> = Omit<Extract<SceneLine, { by: B }>, 'by' | 'content'>

export const c = (text: string, more: More<'contact'> = {}): SceneLine => ({
  by: 'contact',
  content: { kind: 'text', text },
  ...more,
})
export const cc = (content: InboundContent, more: More<'contact'> = {}): SceneLine => ({
  by: 'contact',
  content,
  ...more,
})
export const tap = (title: string, source: 'button' | 'list' = 'button'): SceneLine =>
  cc({ kind: 'tap', source, id: title.toLowerCase().replaceAll(' ', '_'), title })
export const a = (text: string, more: More<'agent'> = {}): SceneLine => ({
  by: 'agent',
  content: { kind: 'text', text },
  ...more,
})
export const f = (text: string, more: More<'flow'> = {}): SceneLine => ({
  by: 'flow',
  content: { kind: 'text', text },
  ...more,
})
export const fc = (content: OutboundContent, more: More<'flow'> = {}): SceneLine => ({ by: 'flow', content, ...more })
export const line = (code: string, more: Omit<Extract<SceneLine, { by: 'house' }>, 'by' | 'code'> = {}): SceneLine => ({
  by: 'house',
  code,
  ...more,
})
export const buttons = (text: string, ...titles: string[]): OutboundContent => ({
  kind: 'buttons',
  text,
  buttons: titles.map((title) => ({ id: title.toLowerCase().replaceAll(' ', '_'), title })),
})
export const list = (
  text: string,
  button: string,
  ...rows: [title: string, description: string][]
): OutboundContent => ({
  kind: 'list',
  text,
  button,
  sections: [
    {
      rows: rows.map(([title, description]) => ({ id: title.toLowerCase().replaceAll(' ', '_'), title, description })),
    },
  ],
})
