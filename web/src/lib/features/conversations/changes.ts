import type { Message } from '#domain/conversations/schema.ts'
import type { MessageContent } from '#domain/messages/schema.ts'

/** What a contact did to a message after sending it. */
export type Change = { kind: 'edited'; text: string; at: string } | { kind: 'deleted'; at: string }

/** The last word on each message, by its id. Edits and deletions whose message is not loaded stay lines of the thread. */
export function changesOf(messages: readonly Message[]): ReadonlyMap<string, Change> {
  const byExternalId = new Map(
    messages.flatMap((message) => (message.externalId ? [[message.externalId, message]] : [])),
  )
  const changes = new Map<string, Change>()
  for (const { content, sentAt } of messages) {
    if (content.kind !== 'edit' && content.kind !== 'revoke') continue
    const target = byExternalId.get(content.originalExternalId)
    // Nothing comes back after a deletion.
    if (!target || changes.get(target.id)?.kind === 'deleted') continue
    if (content.kind === 'revoke') changes.set(target.id, { kind: 'deleted', at: sentAt })
    else if (content.text !== undefined) changes.set(target.id, { kind: 'edited', text: content.text, at: sentAt })
  }
  return changes
}

/** Whether a line says nothing that its message does not show by itself. */
export function isShownOnMessage({ content }: Message, externalIds: ReadonlySet<string>): boolean {
  return (content.kind === 'edit' || content.kind === 'revoke') && externalIds.has(content.originalExternalId)
}

/** The content as it reads after an edit: the text of a text, the caption of a file. */
export function edited(content: MessageContent, text: string): MessageContent {
  if (content.kind === 'text') return { ...content, text }
  return 'caption' in content || 'media' in content ? ({ ...content, caption: text } as MessageContent) : content
}
