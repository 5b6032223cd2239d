import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { DomainError } from '#domain/errors.ts'

/** Counts and digests what passes, and breaks off what is longer than allowed. */
export function createMeter(content: Readable | Uint8Array, sizeBytesMax: number) {
  const hash = createHash('sha256')
  let sizeBytes = 0
  let failure: unknown
  return {
    async *chunks(): AsyncGenerator<Uint8Array> {
      try {
        for await (const chunk of (content instanceof Readable ? content : [content]) as AsyncIterable<Uint8Array>) {
          sizeBytes += chunk.length
          if (sizeBytes > sizeBytesMax) {
            throw new DomainError('media_too_large', `The file is larger than ${sizeBytesMax} bytes.`)
          }
          hash.update(chunk)
          yield chunk
        }
      } catch (error) {
        failure = error
        throw error
      }
    },
    /** @throws why the passage broke, which whoever takes it may report as a failure of its own, or not at all. */
    assertWhole(): void {
      if (failure !== undefined) throw failure
    },
    /** Once everything has passed. */
    result: () => ({ sizeBytes, sha256: hash.digest('hex') }),
  }
}
