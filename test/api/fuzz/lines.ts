import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

const CHUNK_BYTES = 1 << 20

export type Lines = { next: () => string[]; close: () => void }

/** Reads a file that is still being written: each time the whole lines that have come since. */
export function openLines(file: string): Lines {
  const handle = openSync(file, 'r')
  const decoder = new StringDecoder('utf8')
  const chunk = Buffer.alloc(CHUNK_BYTES)
  let begun = ''
  const next = () => {
    const texts = [begun]
    for (let size = readSync(handle, chunk); size > 0; size = readSync(handle, chunk)) {
      texts.push(decoder.write(chunk.subarray(0, size)))
    }
    const lines = texts.join('').split('\n')
    begun = lines.pop() ?? ''
    return lines
  }
  return { next, close: () => closeSync(handle) }
}
