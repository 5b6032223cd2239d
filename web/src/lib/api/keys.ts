import type { ConversationFilter } from '#lib/features/inbox/filter.ts'

/** Every name under which answers are cached, so that live events know what they make stale. */
export const keys = {
  me: ['me'] as const,
  config: ['config'] as const,
  conversations: (filter?: ConversationFilter) =>
    filter ? (['conversations', filter] as const) : (['conversations'] as const),
  counts: ['conversation-counts'] as const,
  conversation: (id: string) => ['conversation', id] as const,
  thread: (id: string) => ['thread', id] as const,
  contacts: (query?: Record<string, unknown>) => (query ? (['contacts', query] as const) : (['contacts'] as const)),
  contact: (id: string) => ['contact', id] as const,
  tags: ['tags'] as const,
  fields: ['contact-fields'] as const,
  members: ['members'] as const,
  invitations: ['invitations'] as const,
  roles: ['roles'] as const,
  flows: ['flows'] as const,
  flow: (id: string) => ['flow', id] as const,
  flowVersions: (id: string) => ['flow-versions', id] as const,
  flowVersion: (id: string, versionId: string) => ['flow-version', id, versionId] as const,
  flowCounts: (id: string) => ['flow-counts', id] as const,
  runs: (query?: Record<string, unknown>) => (query ? (['runs', query] as const) : (['runs'] as const)),
  run: (id: string) => ['run', id] as const,
  runEvents: (id: string) => ['run-events', id] as const,
  channels: ['channels'] as const,
  channel: (id: string) => ['channel', id] as const,
  channelEvents: (id: string) => ['channel-events', id] as const,
  audit: (query?: Record<string, unknown>) => (query ? (['audit', query] as const) : (['audit'] as const)),
  translations: (locale: string) => ['translations', locale] as const,
}
