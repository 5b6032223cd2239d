import { Readable } from 'node:stream'

/** Bytes of a file, both ends included. */
export type ByteRange = { first: number; last: number }
export type RangeWish = { kind: 'whole' } | ({ kind: 'part' } & ByteRange) | { kind: 'beyond' }

const WHOLE: RangeWish = { kind: 'whole' }
const SINGLE = /^bytes=(\d{0,15})-(\d{0,15})$/

/**
 * What a `Range` header asks of a file. Players ask for one part at a time; whatever else is written there may be
 * ignored by the standard, and the whole file is a right answer to it.
 */
export function readRange(header: string | undefined, sizeBytes: number): RangeWish {
  const [, from = '', to = ''] = SINGLE.exec(header?.replaceAll(' ', '') ?? '') ?? []
  if (from === '' && to === '') return WHOLE
  if (from === '') {
    const count = Number(to)
    if (count === 0 || sizeBytes === 0) return { kind: 'beyond' }
    return { kind: 'part', first: Math.max(0, sizeBytes - count), last: sizeBytes - 1 }
  }
  const first = Number(from)
  const last = to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1)
  if (to !== '' && Number(to) < first) return WHOLE
  return first >= sizeBytes ? { kind: 'beyond' } : { kind: 'part', first, last }
}

/** A part of a stream, for places that can only be read from their beginning. Ends the source when it has enough. */
export function partOf(source: Readable, { first, last }: ByteRange): Readable {
  async function* slice(): AsyncGenerator<Buffer> {
    let at = 0
    for await (const chunk of source as AsyncIterable<Buffer>) {
      const [from, to] = [Math.max(0, first - at), Math.min(chunk.length, last + 1 - at)]
      if (from < to) yield chunk.subarray(from, to)
      at += chunk.length
      if (at > last) return
    }
  }
  return Readable.from(slice(), { objectMode: false })
}
