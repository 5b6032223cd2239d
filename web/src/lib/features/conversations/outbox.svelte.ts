import { createContext } from 'svelte'
import type { Message } from '#domain/conversations/schema.ts'
import { ERRORS, type ErrorCode } from '#domain/errors.ts'
import type { MediaFile } from '#domain/media/schema.ts'
import type { Media, OutboundContent } from '#domain/messages/schema.ts'
import { api } from '#lib/api/client.ts'
import { toProblem } from '#lib/api/problem.ts'
import { upload } from '#lib/api/upload.ts'

const [getOutbox, setOutbox] = createContext<Outbox>()
const STORE_KEY = 'holdfast.outbox'
const ATTEMPTS_MAX = 5
const AGAIN_AFTER_MS = 1_500

export type GhostQuote = { id: string; preview: string; direction: Message['direction'] }
/** A message that left the composer and has no row yet. */
export type Ghost = {
  clientId: string
  conversationId: string
  content: OutboundContent
  replyTo: GhostQuote | null
  at: string
  state: 'sending' | 'waiting' | 'failed'
  problem: ErrorCode | null
  takeOver: boolean
  attempts: number
  file?: File
  previewUrl?: string
  /** How much of the file has left, 0 to 1. */
  progress?: number
}
export type Draft = Pick<Ghost, 'content' | 'replyTo'> & { takeOver?: boolean; file?: File }

type Sent = (message: Message) => void

/**
 * Messages on their way. Each keeps its client id through every attempt, so that the same words are never written
 * twice; a conversation sends one at a time, so that they arrive in the order they were written.
 */
export class Outbox {
  #ghosts = $state.raw<readonly Ghost[]>([])
  #busy = new Set<string>()
  #onsent: Sent
  readonly waitingCount = $derived(this.#ghosts.filter((ghost) => ghost.state === 'waiting').length)

  constructor(onsent: Sent) {
    this.#onsent = onsent
  }

  of(conversationId: string): Ghost[] {
    return this.#ghosts.filter((ghost) => ghost.conversationId === conversationId)
  }

  send(conversationId: string, draft: Draft): void {
    const ghost: Ghost = {
      clientId: crypto.randomUUID(),
      conversationId,
      content: draft.content,
      replyTo: draft.replyTo,
      at: new Date().toISOString(),
      state: 'sending',
      problem: null,
      takeOver: draft.takeOver ?? false,
      attempts: 0,
      ...(draft.file ? { file: draft.file, previewUrl: URL.createObjectURL(draft.file) } : {}),
    }
    this.#set([...this.#ghosts, ghost])
    void this.#drain(conversationId)
  }

  retry(clientId: string): void {
    const ghost = this.#ghosts.find((one) => one.clientId === clientId)
    if (!ghost) return
    this.#change(clientId, { state: 'sending', problem: null, attempts: 0 })
    void this.#drain(ghost.conversationId)
  }

  discard(clientId: string): Ghost | undefined {
    const ghost = this.#ghosts.find((one) => one.clientId === clientId)
    if (ghost?.previewUrl) URL.revokeObjectURL(ghost.previewUrl)
    this.#set(this.#ghosts.filter((one) => one.clientId !== clientId))
    return ghost
  }

  /** The row has arrived by another way (the stream): its ghost has done its work. */
  settle(clientIds: ReadonlySet<string>): void {
    if (this.#ghosts.some((ghost) => clientIds.has(ghost.clientId))) {
      this.#set(this.#ghosts.filter((ghost) => !clientIds.has(ghost.clientId)))
    }
  }

  /** Tries again what had no answer. Call when the network is back. */
  resume(): void {
    for (const ghost of this.#ghosts) if (ghost.state === 'waiting') this.#change(ghost.clientId, { state: 'sending' })
    for (const id of new Set(this.#ghosts.map((ghost) => ghost.conversationId))) void this.#drain(id)
  }

  /** Takes up what an earlier page could not send. Files cannot be kept that way; their ghosts are not stored. */
  restore(): void {
    try {
      const saved = JSON.parse(localStorage.getItem(STORE_KEY) ?? '[]') as Ghost[]
      this.#ghosts = saved.map((ghost) => (ghost.state === 'sending' ? { ...ghost, state: 'waiting' as const } : ghost))
    } catch {
      this.#ghosts = []
    }
    this.resume()
  }

  async #drain(conversationId: string): Promise<void> {
    if (this.#busy.has(conversationId)) return
    this.#busy.add(conversationId)
    try {
      for (;;) {
        const next = this.of(conversationId).find((ghost) => ghost.state === 'sending')
        if (!next || !(await this.#attempt(next))) return
      }
    } finally {
      this.#busy.delete(conversationId)
    }
  }

  async #attempt(ghost: Ghost): Promise<boolean> {
    const path = `/conversations/${ghost.conversationId}`
    try {
      if (ghost.takeOver) await api.post(`${path}/take-over`, {}, `${ghost.clientId}-take-over`)
      const content = await this.#uploaded(ghost)
      const body = { content, clientId: ghost.clientId, ...(ghost.replyTo ? { replyTo: ghost.replyTo.id } : {}) }
      const message = await api.post<Message>(`${path}/messages`, body, ghost.clientId)
      this.discard(ghost.clientId)
      this.#onsent(message)
      return true
    } catch (error) {
      return this.#refused(ghost, toProblem(error))
    }
  }

  /** Answers whether the next message may go: not past one that waits, or they would change places. */
  #refused(ghost: Ghost, problem: ReturnType<typeof toProblem>): boolean {
    const attempts = ghost.attempts + 1
    const { offline, code } = problem
    if (!offline && (!ERRORS[code].retry || attempts >= ATTEMPTS_MAX)) {
      this.#change(ghost.clientId, { state: 'failed', problem: code, attempts })
      return true
    }
    this.#change(ghost.clientId, { state: 'waiting', attempts })
    // Without a network its return calls resume(); a server that is busy is asked again by itself.
    if (!offline) setTimeout(() => this.resume(), AGAIN_AFTER_MS * attempts)
    return false
  }

  async #uploaded(ghost: Ghost): Promise<OutboundContent> {
    const { content, file } = ghost
    const own = mediaOf(content)
    if (!file || !own || own.fileId) return content
    const form = new FormData()
    form.set('file', file, file.name)
    const stored = await upload<MediaFile>('/media', form, {
      idempotencyKey: `${ghost.clientId}-file`,
      onprogress: (progress) => this.#change(ghost.clientId, { progress }),
    })
    const media = { fileId: stored.fileId, mimeType: stored.mimeType, fileName: file.name, sizeBytes: file.size }
    const next = withMedia(content, media)
    this.#change(ghost.clientId, { content: next })
    return next
  }

  #change(clientId: string, change: Partial<Ghost>): void {
    this.#set(this.#ghosts.map((ghost) => (ghost.clientId === clientId ? { ...ghost, ...change } : ghost)))
  }

  #set(ghosts: readonly Ghost[]): void {
    this.#ghosts = ghosts
    const keep = ghosts.filter((ghost) => !ghost.file)
    try {
      localStorage.setItem(STORE_KEY, JSON.stringify(keep))
    } catch {
      // A full or forbidden store costs the memory of a reload, not the message on the screen.
    }
  }
}

/** The file of a message: its own, or that in the header of a template. */
function mediaOf(content: OutboundContent): Media | undefined {
  if ('media' in content) return content.media
  const header = content.kind === 'template' ? content.face?.header : undefined
  return header && header.kind !== 'text' ? header.media : undefined
}

function withMedia(content: OutboundContent, media: Media): OutboundContent {
  if (content.kind !== 'template' || !content.face?.header || content.face.header.kind === 'text') {
    return { ...content, media } as OutboundContent
  }
  return { ...content, face: { ...content.face, header: { ...content.face.header, media } } }
}

export { getOutbox as useOutbox, setOutbox as provideOutbox }
