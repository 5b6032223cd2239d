import type { Message } from '#domain/conversations/schema.ts'
import { type MediaKind, mediaKindOf } from '#domain/media/kind.ts'
import { SEND_SIZE_BYTES_MAX } from '#domain/media/schema.ts'
import { labelledPreview } from '#domain/messages/preview.ts'
import type { OutboundContent } from '#domain/messages/schema.ts'
import { api } from '#lib/api/client.ts'
import { draftStore } from './drafts.ts'
import type { Draft, Ghost, GhostQuote } from './outbox.svelte.ts'

export const TEXT_LENGTH_MAX = 4_096
export const CAPTION_LENGTH_MAX = 1_024
export const FILES_MAX = 10
const TYPING_EVERY_MS = 20_000

export type Attachment = { id: string; file: File; kind: MediaKind; previewUrl: string; tooLarge: boolean }

/** What a person is writing in one conversation: text, files, and what it answers to. */
export class ComposerState {
  text = $state('')
  attachments = $state.raw<readonly Attachment[]>([])
  replyTo = $state.raw<GhostQuote | null>(null)
  #owner: () => string | undefined
  #conversationId: string
  #toldTypingAtMs = 0

  constructor(conversationId: string, owner: () => string | undefined) {
    this.#conversationId = conversationId
    this.#owner = owner
  }

  /** Whether nothing would be lost without it: the text is kept as a draft, files and the quote are nowhere else. */
  get isIdle(): boolean {
    return this.attachments.length === 0 && this.replyTo === null
  }

  restore(): void {
    if (this.text === '') this.text = draftStore.read(this.#owner(), this.#conversationId)
  }

  keep(): void {
    draftStore.write(this.#owner(), this.#conversationId, this.text)
  }

  /** Shows the contact that somebody writes; the sign lasts 25 seconds there. A lost one costs nothing. */
  tellTyping(): void {
    const nowMs = Date.now()
    if (nowMs - this.#toldTypingAtMs < TYPING_EVERY_MS) return
    this.#toldTypingAtMs = nowMs
    void api.post(`/conversations/${this.#conversationId}/typing`).catch(() => undefined)
  }

  answer(message: Message): void {
    this.replyTo = { id: message.id, direction: message.direction, preview: labelledPreview(message.content) }
  }

  /** @returns how many found no room. */
  attach(files: Iterable<File>): number {
    const all = [...files]
    const added = all.slice(0, FILES_MAX - this.attachments.length).map((file): Attachment => {
      const kind = mediaKindOf(file.type.split(';')[0] ?? '')
      const tooLarge = file.size > SEND_SIZE_BYTES_MAX[kind]
      return {
        id: crypto.randomUUID(),
        file,
        kind,
        previewUrl: kind === 'image' ? URL.createObjectURL(file) : '',
        tooLarge,
      }
    })
    this.attachments = [...this.attachments, ...added]
    return all.length - added.length
  }

  detach(id: string): void {
    this.#letGo(this.attachments.filter((attachment) => attachment.id === id))
    this.attachments = this.attachments.filter((attachment) => attachment.id !== id)
  }

  /** Forgets the files and the quote; the text stays a draft. */
  clear(): void {
    this.#letGo(this.attachments)
    this.attachments = []
    this.replyTo = null
  }

  /** Takes a message back to be written anew. @returns false, and takes nothing, when its file found no room. */
  edit(ghost: Ghost): boolean {
    if (ghost.file && this.attach([ghost.file]) > 0) return false
    if (ghost.content.kind === 'text') this.text = [ghost.content.text, this.text].filter(Boolean).join('\n')
    else if ('caption' in ghost.content && ghost.content.caption) this.text = ghost.content.caption
    this.replyTo = ghost.replyTo
    return true
  }

  /** The messages that leave: each file is one, the text the caption of the first that can carry it, else its own. */
  take(): Draft[] {
    const text = this.text.trim()
    const files = this.attachments.filter((attachment) => !attachment.tooLarge)
    const drafts: Draft[] = []
    const captioned = text.length <= CAPTION_LENGTH_MAX ? files.find(({ kind }) => kind !== 'audio')?.id : undefined
    for (const { id, file, kind } of files) {
      const media = { fileName: file.name, mimeType: file.type, sizeBytes: file.size }
      const content = { kind, media, ...(id === captioned && text ? { caption: text } : {}) } as OutboundContent
      drafts.push({ content, replyTo: null, file })
    }
    if (text && captioned === undefined) {
      for (const part of chunks(text)) drafts.push({ content: { kind: 'text', text: part }, replyTo: null })
    }
    if (drafts[0]) drafts[0].replyTo = this.replyTo
    this.text = ''
    this.clear()
    this.keep()
    return drafts
  }

  // What was drawn of a file is held by the page until it is let go.
  #letGo(attachments: readonly Attachment[]): void {
    for (const { previewUrl } of attachments) if (previewUrl) URL.revokeObjectURL(previewUrl)
  }
}

/** Cuts a text at WhatsApp's limit between words, never inside a letter that is made of several characters. */
export function chunks(text: string, max = TEXT_LENGTH_MAX): string[] {
  const parts: string[] = []
  let rest = text
  while (rest.length > max) {
    const space = rest.lastIndexOf(' ', max)
    let at = space > max / 2 ? space : max
    if (at === max && /[\uDC00-\uDFFF]/.test(rest[at] ?? '')) at -= 1
    parts.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  return [...parts, rest]
}
