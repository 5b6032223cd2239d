import type { HouseEvent } from '#domain/events/schema.ts'
import type { Permission } from '#domain/permissions/catalogue.ts'
import { maySeeEvent } from '#domain/permissions/event-access.ts'

/** Who reads a stream, and what must stay true for them to go on reading it. */
export type Reader = {
  tenantId: string
  personId: string
  sessionId: string
  roleId: string
  permissions: ReadonlySet<Permission>
}

/** An event in the bytes that every reader of it gets: encoded once, however many read. */
export type EncodedEvent = { event: HouseEvent; bytes: Uint8Array }

/** What a slow reader may leave unread before it is cut off; it resumes where it stopped. */
const UNREAD_MAX_BYTES = 1_048_576

const encoder = new TextEncoder()
export const encodeEvent = (event: HouseEvent): EncodedEvent => ({
  event,
  bytes: encoder.encode(`id: ${event.position}\ndata: ${JSON.stringify(event)}\n\n`),
})
export const encodeNotice = (name: string, body: object, position?: number): Uint8Array =>
  encoder.encode(
    `${position === undefined ? '' : `id: ${position}\n`}event: ${name}\ndata: ${JSON.stringify(body)}\n\n`,
  )
export const HEARTBEAT = encoder.encode(': beat\n\n')

/** One open stream. It knows how far its reader has come, and writes straight to the controller of the response. */
export class Subscriber {
  readonly reader: Reader
  readonly stream: ReadableStream<Uint8Array>
  /** Every event up to here was sent, or was not for this reader. */
  position: number
  /** Live subscribers are fed by the channel; others still read what they missed. */
  live = false
  closed = false
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #drained: (() => void) | undefined

  constructor(reader: Reader, position: number, onGone: (subscriber: Subscriber) => void) {
    this.reader = reader
    this.position = position
    this.stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller
        },
        pull: () => this.#drained?.(),
        cancel: () => {
          this.closed = true
          this.#drained?.()
          onGone(this)
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: UNREAD_MAX_BYTES }),
    )
  }

  /** Writes, and is false when the reader is so far behind that it should be cut off. */
  write(bytes: Uint8Array): boolean {
    if (this.closed) return false
    this.#controller.enqueue(bytes)
    return (this.#controller.desiredSize ?? 0) > 0
  }

  deliver({ event, bytes }: EncodedEvent): boolean {
    if (event.position <= this.position) return true
    this.position = event.position
    return maySeeEvent(this.reader, event) ? this.write(bytes) : true
  }

  /** Resolves when the reader has room again, or has gone. */
  async drained(): Promise<void> {
    while (!this.closed && (this.#controller.desiredSize ?? 0) <= 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve
      })
    }
  }

  close(reason: string): void {
    if (this.closed) return
    this.#controller.enqueue(encodeNotice('closed', { reason }))
    this.closed = true
    this.#controller.close()
    this.#drained?.()
  }
}
