import type { InboundContent } from '../messages/schema.ts'

const TEXT_CHARS_MAX = 1_024

/** What the contact wrote, as text: the words, the title tapped, the caption. Empty when there are none. */
export function messageText(content: InboundContent): string {
  switch (content.kind) {
    case 'text':
      return content.text.trim().slice(0, TEXT_CHARS_MAX)
    case 'tap':
      return content.title.trim().slice(0, TEXT_CHARS_MAX)
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
      return (content.caption ?? '').trim().slice(0, TEXT_CHARS_MAX)
    case 'form_reply':
    case 'order':
      return (content.text ?? '').trim().slice(0, TEXT_CHARS_MAX)
    default:
      return ''
  }
}

/** Messages that answer nothing: they are consumed and leave the question standing, without another prompt. */
export const answersNothing = (content: InboundContent): boolean =>
  content.kind === 'reaction' || content.kind === 'system' || content.kind === 'edit' || content.kind === 'revoke'

/**
 * The id that a button or row carries over the wire. It names run, node and option, so that a tap on an old message is
 * known for what it is: welcome when the run asks the same node again, not understood when it asks another.
 */
export const tapId = (at: { runId: string; nodeId: string }, optionId: string): string =>
  `${at.runId}/${at.nodeId}/${optionId}`

/** Which option of this question a tap means. `other`: a tap on something this run offered elsewhere. */
export function tappedOption(
  at: { runId: string; nodeId: string },
  id: string | undefined,
): { kind: 'option'; id: string } | { kind: 'other' } | { kind: 'unknown' } {
  if (id === undefined || !id.startsWith(`${at.runId}/`)) return { kind: 'unknown' }
  const own = `${at.runId}/${at.nodeId}/`
  return id.startsWith(own) ? { kind: 'option', id: id.slice(own.length) } : { kind: 'other' }
}
