import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** One erasure as it is kept outside the database: ids of ours and keyed hashes, nothing that says who it was. */
export type ErasedEntry = z.infer<typeof ErasedEntry>
const ErasedEntry = z.strictObject({
  tenantId: z.uuid(),
  contactId: z.uuid(),
  requestId: z.uuid(),
  /** The marks by which the person is known again, in hex. */
  marks: z.array(z.string().regex(/^([0-9a-f]{2})+$/)),
  at: z.iso.datetime(),
})

export type EraseLedger = {
  /** Returns once the line is on the disk. */
  add(entry: ErasedEntry): Promise<void>
  /** Lines that are none were cut off by a crash before anybody was told of them. */
  read(): Promise<{ entries: ErasedEntry[]; unreadableCount: number }>
}

const NEWLINE = 0x0a

/**
 * Who was erased, in a file beside the audit anchors that is only ever added to. A database that is brought back from a
 * backup does not know what was erased since; this does. It belongs into every backup, and is never older than the database.
 */
export function createEraseLedger(dataDir: string | undefined): EraseLedger {
  const file = join(dataDir ?? '.holdfast', 'erase-ledger.jsonl')
  return {
    async add(entry) {
      const handle = await open(file, 'a+', 0o600)
      try {
        const { size } = await handle.stat()
        const last =
          size === 0 ? NEWLINE : (await handle.read({ buffer: Buffer.alloc(1), position: size - 1 })).buffer[0]
        // After a line that a crash has cut, a new one begins: they would spoil each other.
        await handle.appendFile(`${last === NEWLINE ? '' : '\n'}${JSON.stringify(ErasedEntry.parse(entry))}\n`)
        await handle.sync()
      } finally {
        await handle.close()
      }
    },

    async read() {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      const lines = text.split('\n').filter((line) => line !== '')
      const entries = lines.flatMap((line) => entryOf(line) ?? [])
      return { entries, unreadableCount: lines.length - entries.length }
    },
  }
}

function entryOf(line: string): ErasedEntry | undefined {
  try {
    return ErasedEntry.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
