import type { Readable } from 'node:stream'

/** One file of an archive: its size must be known before its content is read. */
export type TarFile = { name: string; sizeBytes: number; content: Uint8Array | Readable; atMs: number }

const BLOCK = 512

/** A tar archive (ustar) of files as they come, so that no archive is ever held in memory. */
export async function* tarOf(files: AsyncIterable<TarFile>): AsyncGenerator<Uint8Array> {
  for await (const file of files) {
    yield headerOf(file)
    let written = 0
    for await (const chunk of file.content instanceof Uint8Array ? [file.content] : file.content) {
      written += (chunk as Uint8Array).length
      yield chunk as Uint8Array
    }
    if (written !== file.sizeBytes) throw new Error(`${file.name} has ${written} bytes and not ${file.sizeBytes}.`)
    yield new Uint8Array((BLOCK - (written % BLOCK)) % BLOCK)
  }
  yield new Uint8Array(2 * BLOCK)
}

function headerOf({ name, sizeBytes, atMs }: TarFile): Uint8Array {
  const bytes = Buffer.alloc(BLOCK)
  if (Buffer.byteLength(name) > 99) throw new RangeError(`${name} is too long a name for an archive.`)
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`
  bytes.write(name, 0, 'utf8')
  bytes.write(octal(0o600, 8), 100)
  bytes.write(octal(0, 8), 108)
  bytes.write(octal(0, 8), 116)
  bytes.write(octal(sizeBytes, 12), 124)
  bytes.write(octal(Math.floor(atMs / 1_000), 12), 136)
  bytes.write('        ', 148)
  bytes.write('0', 156)
  bytes.write('ustar\x0000', 257, 'latin1')
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}
