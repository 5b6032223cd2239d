import type { Json } from '../../conditions/json.ts'
import type { Media } from '../../messages/schema.ts'
import { plainAsk } from './ask.ts'
import type { AnswerMessage } from './contract.ts'
import type { AskFields } from './parts.ts'

export type AskedMediaKind = 'image' | 'video' | 'audio' | 'document'

/** What a run keeps of a medium: how to find it, never the bytes. `messageSeq` leads to the message that brought it. */
function keptMedia(kind: AskedMediaKind, media: Media, message: AnswerMessage): Json {
  const caption = 'caption' in message.content ? message.content.caption : undefined
  const { fileId, providerMediaId, mimeType, fileName, sizeBytes, sha256 } = media
  const kept = { fileId, providerMediaId, mimeType, fileName, sizeBytes, sha256, caption: caption?.slice(0, 1_024) }
  const known = Object.entries(kept).filter((entry): entry is [string, string | number] => entry[1] !== undefined)
  return { kind, messageSeq: message.seq, ...Object.fromEntries(known) }
}

/** Asks for one kind of medium. A file sent as a document counts when its type says that it is that kind. */
export const mediaAsk = (wanted: AskedMediaKind) =>
  plainAsk<AskFields>((_config, message) => {
    const { content } = message
    if (content.kind === wanted) return { value: keptMedia(wanted, content.media, message) }
    if (content.kind === 'document' && content.media.mimeType?.startsWith(`${wanted}/`)) {
      return { value: keptMedia(wanted, content.media, message) }
    }
    return { refused: `not_${wanted}` }
  })
