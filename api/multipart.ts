import { Readable } from 'node:stream'
import { DomainError } from '#domain/errors.ts'

const HEAD_BYTES_MAX = 8_192
/** Fields before the file; a form that sends more than this is none of ours. */
const FIELDS_BYTES_MAX = 65_536

export type FilePart = { fileName: string | undefined; mimeType: string; content: Readable }

const malformed = (why: string) =>
  new DomainError('invalid_input', `The form is not valid: ${why}.`, {
    errors: [{ path: '/file', code: 'malformed', message: why }],
  })

/** A window on a stream of bytes that is read up to a mark and never holds much more than one chunk. */
class ByteWindow {
  #source: AsyncIterator<Uint8Array>
  #held: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#source.next()
    if (done) throw malformed('it ends too early')
    this.#held = Buffer.concat([this.#held, value])
  }

  async atLeast(bytes: number): Promise<Buffer> {
    while (this.#held.length < bytes) await this.#more()
    const taken = this.#held.subarray(0, bytes)
    this.#held = this.#held.subarray(bytes)
    return taken
  }

  /** The bytes before a mark, piece by piece; the mark itself is passed over. */
  async *until(mark: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(mark)
      if (at >= 0) {
        if (at > 0) yield this.#held.subarray(0, at)
        this.#held = this.#held.subarray(at + mark.length)
        return
      }
      // The mark may have begun at the end of what is held, so that much stays.
      const safe = this.#held.length - mark.length + 1
      if (safe > 0) {
        yield this.#held.subarray(0, safe)
        this.#held = this.#held.subarray(safe)
      }
      await this.#more()
    }
  }

  async wholeUntil(mark: Buffer, bytesMax: number): Promise<Buffer> {
    const pieces: Buffer[] = []
    let size = 0
    for await (const piece of this.until(mark)) {
      size += piece.length
      if (size > bytesMax) throw malformed('a part is too large')
      pieces.push(piece)
    }
    return Buffer.concat(pieces)
  }
}

function parameterOf(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header)
  return match === null ? undefined : (match[1] ?? match[2])?.replace(/%22|\\"/g, '"')
}

function readHead(head: Buffer): { name: string | undefined; fileName: string | undefined; mimeType: string } {
  const lines = head.toString('utf8').split('\r\n')
  const lineOf = (name: string) =>
    lines.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1)
  const disposition = lineOf('content-disposition') ?? ''
  return {
    name: parameterOf(disposition, 'name'),
    fileName: parameterOf(disposition, 'filename'),
    mimeType: lineOf('content-type')?.trim() ?? 'application/octet-stream',
  }
}

/**
 * The part `file` of a form, as a stream: an upload of 100 MB never stands in memory. Fields before it are passed over,
 * what follows it is not read.
 * @throws DomainError unsupported_media_type, invalid_input.
 */
export async function readFilePart(body: ReadableStream<Uint8Array> | null, contentType: string): Promise<FilePart> {
  const boundary = /^multipart\/form-data\b/i.test(contentType) ? parameterOf(contentType, 'boundary') : undefined
  if (body === null || boundary === undefined || boundary.length > 70) {
    throw new DomainError('unsupported_media_type', 'A file comes as multipart/form-data.')
  }
  const window = new ByteWindow(body)
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const opening = await window.atLeast(delimiter.length - 2)
  if (!opening.equals(delimiter.subarray(2))) throw malformed('it does not begin with its boundary')
  for (let passed = 0; passed <= FIELDS_BYTES_MAX; ) {
    if ((await window.atLeast(2)).toString('latin1') !== '\r\n') throw malformed('it has no part named file')
    const headBytes = await window.wholeUntil(Buffer.from('\r\n\r\n'), HEAD_BYTES_MAX)
    const head = readHead(headBytes)
    if (head.name === 'file') {
      return { fileName: head.fileName, mimeType: head.mimeType, content: Readable.from(window.until(delimiter)) }
    }
    const value = await window.wholeUntil(delimiter, FIELDS_BYTES_MAX)
    passed += headBytes.length + value.length + delimiter.length
  }
  throw malformed(`more than ${FIELDS_BYTES_MAX} bytes come before the part named file`)
}
