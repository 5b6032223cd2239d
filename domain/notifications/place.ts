import type { SubjectType } from '../events/schema.ts'

/** The page that shows what a notification is about; undefined where there is none. */
export function placeOf(notice: {
  subject: { type: SubjectType; id: string }
  conversationId: string | null
}): string | undefined {
  const { subject, conversationId } = notice
  if (conversationId !== null) return `/inbox/${conversationId}`
  if (subject.type === 'contact') return `/contacts/${subject.id}`
  if (subject.type === 'channel') return `/settings/channels/${subject.id}`
  if (subject.type === 'run') return `/runs/${subject.id}`
  if (subject.type === 'person') return '/settings/members'
  if (subject.type === 'webhook') return `/settings/webhooks/${subject.id}`
  if (subject.type === 'diagnostics') return `/settings/diagnostics/${subject.id}`
  // What is told of the tenant itself is how it stands with its plan.
  if (subject.type === 'tenant') return '/settings/usage'
  return undefined
}
