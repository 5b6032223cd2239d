import { createContext } from 'svelte'
import type { Message } from '#domain/conversations/schema.ts'
import { ERRORS, type ErrorCode } from '#domain/errors.ts'
import type { MediaFile } from '#domain/media/schema.ts'
import type { Media, OutboundContent } from '#domain/messages/schema.ts'
import { api } from '#lib/api/client.ts'
import { toProblem } from '#lib/api/problem.ts'
import { upload } from '#lib/api/upload.ts'
import { seat } from '#lib/features/shell/seat.ts'
import { outboxStore } from './outbox-store.ts'

const [getOutbox, setOutbox] = createContext<Outbox>()
const ATTEMPTS_MAX = 5
const AGAIN_AFTER_MS = 1_500
const AGAIN_AFTER_MS_MAX = 30_000

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
  /** How often the server refused it for now; without an answer it is tried for as long as it takes. */
  attempts: number
  silences?: number
  file?: File
  previewUrl?: string
  /** How much of the file has left, 0 to 1. */
  progress?: number
}
export type Draft = Pick<Ghost, 'content' | 'replyTo'> & { takeOver?: boolean; file?: File }

type Sent = (message: Message) => void

/**
 * Messages on their way. Each keeps its client id through every attempt, so that the same words are never written
 * twice; a conversation sends one at a time, so that they arrive in the order they were written. They belong to one
 * person in one tenant and leave in no other name.
 */
export class Outbox {
  #ghosts = $state.raw<readonly Ghost[]>([])
  #owner: string | undefined
  /** What waits of those who worked in this tab before, with its files, until they are back. */
  #left = new Map<string, readonly Ghost[]>()
  #busy = new Set<string>()
  #timers = new Map<string, ReturnType<typeof setTimeout>>()
  #onsent: Sent
  readonly waitingCount = $derived(this.#ghosts.filter((ghost) => ghost.state === 'waiting').length)

  constructor(onsent: Sent) {
    this.#onsent = onsent
  }

  /** Puts away what somebody else wrote and takes up what this one could not send, here or on an earlier page. */
  belongTo(owner: string | undefined): void {
    if (owner === this.#owner) return
    if (this.#owner !== undefined) this.#left.set(this.#owner, this.#ghosts)
    this.#stop()
    this.#owner = owner
    this.#ghosts = owner === undefined ? [] : (this.#left.get(owner) ?? outboxStore.read(owner))
    if (owner !== undefined) this.#left.delete(owner)
    this.resume()
  }

  /** Nothing leaves any more. What has no file waits in this browser until its writer is back. */
  close(): void {
    this.belongTo(undefined)
    for (const ghosts of this.#left.values()) release(ghosts)
    this.#left.clear()
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
      state: this.of(conversationId).some(({ state }) => state === 'waiting') ? 'waiting' : 'sending',
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
    this.#change(clientId, { state: 'waiting', problem: null, attempts: 0, silences: 0 })
    this.#resume(ghost.conversationId)
  }

  discard(clientId: string): void {
    this.settle(new Set([clientId]))
  }

  /** The row has arrived, also by another way (the stream): its ghost has done its work. */
  settle(clientIds: ReadonlySet<string>): void {
    const settled = this.#ghosts.filter((ghost) => clientIds.has(ghost.clientId))
    if (settled.length === 0) return
    release(settled)
    this.#set(this.#ghosts.filter((ghost) => !clientIds.has(ghost.clientId)))
  }

  /** Tries again what had no answer. Call when the network is back. */
  resume(): void {
    for (const id of new Set(this.#ghosts.map((ghost) => ghost.conversationId))) this.#resume(id)
  }

  #resume(conversationId: string): void {
    clearTimeout(this.#timers.get(conversationId))
    this.#timers.delete(conversationId)
    this.#turn(conversationId, 'waiting', 'sending')
    void this.#drain(conversationId)
  }

  #stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    // What is under way ends by itself, and holds up nobody who comes next.
    this.#busy = new Set()
  }

  async #drain(conversationId: string): Promise<void> {
    const owner = this.#owner
    const busy = this.#busy
    if (busy.has(conversationId)) return
    busy.add(conversationId)
    try {
      for (;;) {
        // Not past one that waits, or the two would change places.
        const next = this.of(conversationId).find((ghost) => ghost.state !== 'failed')
        if (next?.state !== 'sending' || !(await this.#attempt(next, owner))) return
      }
    } finally {
      busy.delete(conversationId)
    }
  }

  /** Answers whether the next message of the conversation may go. */
  async #attempt(ghost: Ghost, owner: string | undefined): Promise<boolean> {
    const path = `/conversations/${ghost.conversationId}`
    const isAway = () => owner === undefined || owner !== this.#owner || !seat.isOf(owner)
    try {
      if (isAway()) return this.#held(ghost, owner)
      if (ghost.takeOver) await api.post(`${path}/take-over`, {}, `${ghost.clientId}-take-over`)
      if (isAway()) return this.#held(ghost, owner)
      const content = await this.#uploaded(ghost)
      if (isAway()) return this.#held(ghost, owner)
      const body = { content, clientId: ghost.clientId, ...(ghost.replyTo ? { replyTo: ghost.replyTo.id } : {}) }
      const message = await api.post<Message>(`${path}/messages`, body, ghost.clientId)
      if (owner !== this.#owner) return false
      this.discard(ghost.clientId)
      this.#onsent(message)
      return true
    } catch (error) {
      // Whoever left finds it waiting: its client id keeps it from being written twice.
      return owner === this.#owner && this.#refused(ghost, toProblem(error))
    }
  }

  #held(ghost: Ghost, owner: string | undefined): false {
    if (owner === this.#owner) this.#wait(ghost.conversationId, AGAIN_AFTER_MS)
    return false
  }

  #refused(ghost: Ghost, { offline, code }: ReturnType<typeof toProblem>): boolean {
    const attempts = ghost.attempts + (offline ? 0 : 1)
    const silences = offline ? (ghost.silences ?? 0) + 1 : 0
    if (!offline && (!ERRORS[code].retry || attempts >= ATTEMPTS_MAX)) {
      this.#change(ghost.clientId, { state: 'failed', problem: code, attempts })
      return true
    }
    this.#change(ghost.clientId, { attempts, silences })
    // Without a network its return calls resume(), but one call can be lost while the network stands.
    const afterMs = offline ? AGAIN_AFTER_MS * 2 ** (silences - 1) : AGAIN_AFTER_MS * attempts
    this.#wait(ghost.conversationId, Math.min(afterMs, AGAIN_AFTER_MS_MAX))
    return false
  }

  /** All that a conversation still has to send waits behind the first. */
  #wait(conversationId: string, afterMs: number): void {
    this.#turn(conversationId, 'sending', 'waiting')
    clearTimeout(this.#timers.get(conversationId))
    this.#timers.set(
      conversationId,
      setTimeout(() => this.#resume(conversationId), afterMs),
    )
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

  #turn(conversationId: string, from: Ghost['state'], to: Ghost['state']): void {
    const turned = (ghost: Ghost) => ghost.conversationId === conversationId && ghost.state === from
    this.#set(this.#ghosts.map((ghost) => (turned(ghost) ? { ...ghost, state: to } : ghost)))
  }

  #set(ghosts: readonly Ghost[]): void {
    this.#ghosts = ghosts
    if (this.#owner !== undefined) outboxStore.write(this.#owner, ghosts)
  }
}

/** What was drawn of a file is held by the page until it is let go. */
function release(ghosts: readonly Ghost[]): void {
  for (const { previewUrl } of ghosts) if (previewUrl) URL.revokeObjectURL(previewUrl)
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
