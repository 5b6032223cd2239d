import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import type { JsonObject } from './json.ts'

/** Append-only records of what the simulator knows. Written once per turn of the event loop. */
export class Journal {
  readonly #path: string
  #fd: number
  #pending: string[] = []
  #flushTimer: NodeJS.Immediate | undefined

  constructor(path: string) {
    this.#path = path
    this.#fd = openSync(path, 'a')
  }

  /** Records of earlier runs; a line torn by a kill is left out. */
  *read(): Generator<JsonObject> {
    for (const line of readFileSync(this.#path, 'utf8').split('\n')) {
      if (!line.endsWith('}')) continue
      try {
        yield JSON.parse(line) as JsonObject
      } catch {
        // A torn line can only be the last one of a run that was killed.
      }
    }
  }

  append(record: JsonObject): void {
    this.#pending.push(JSON.stringify(record))
    this.#flushTimer ??= setImmediate(() => this.flush())
  }

  flush(): void {
    if (this.#flushTimer) clearImmediate(this.#flushTimer)
    this.#flushTimer = undefined
    if (this.#pending.length === 0) return
    const text = `${this.#pending.join('\n')}\n`
    this.#pending = []
    writeSync(this.#fd, text)
  }

  sizeBytes(): number {
    return fstatSync(this.#fd).size
  }

  /** Swaps the whole file for a shorter one that says the same. */
  rewrite(records: Iterable<JsonObject>): void {
    this.flush()
    const lines: string[] = []
    for (const record of records) lines.push(JSON.stringify(record))
    writeFileSync(`${this.#path}.next`, lines.length === 0 ? '' : `${lines.join('\n')}\n`)
    renameSync(`${this.#path}.next`, this.#path)
    closeSync(this.#fd)
    this.#fd = openSync(this.#path, 'a')
  }

  close(): void {
    this.flush()
    closeSync(this.#fd)
  }
}

export type SendEntry = {
  n: number
  at: string
  phoneNumberId: string
  to: string
  body: JsonObject
  id: string
  callbackData?: string
}

/** The independent account: one line per accepted send, in order, written before the answer leaves. */
export class SendLog {
  readonly #fd: number
  #endBytes = 0
  readonly #starts: number[] = []

  constructor(path: string) {
    const existing = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    let start = 0
    for (let end = existing.indexOf(10); end !== -1; end = existing.indexOf(10, start)) {
      this.#starts.push(start)
      start = end + 1
    }
    this.#endBytes = start
    this.#fd = openSync(path, 'a+')
    ftruncateSync(this.#fd, start)
  }

  get count(): number {
    return this.#starts.length
  }

  append(entry: Omit<SendEntry, 'n'>): SendEntry {
    const numbered = { n: this.#starts.length + 1, ...entry }
    const written = writeSync(this.#fd, `${JSON.stringify(numbered)}\n`)
    this.#starts.push(this.#endBytes)
    this.#endBytes += written
    return numbered
  }

  /** JSON text `{entries, next}`; lines are JSON already, so nothing is parsed on the way out. */
  page(after: number, limit = Number.POSITIVE_INFINITY): string {
    const from = Math.max(0, Math.min(after, this.#starts.length))
    const to = Math.min(this.#starts.length, from + limit)
    if (from >= to) return `{"entries":[],"next":${from}}`
    return `{"entries":[${this.#lines(from, to).replaceAll('\n', ',')}],"next":${to}}`
  }

  last(count: number): SendEntry[] {
    const from = Math.max(0, this.#starts.length - count)
    if (from === this.#starts.length) return []
    return this.#lines(from, this.#starts.length)
      .split('\n')
      .map((line) => JSON.parse(line) as SendEntry)
  }

  #lines(from: number, to: number): string {
    const start = this.#starts[from] ?? 0
    const end = this.#starts[to] ?? this.#endBytes
    const buffer = Buffer.alloc(end - start)
    readSync(this.#fd, buffer, 0, buffer.length, start)
    return buffer.toString('utf8', 0, buffer.length - 1)
  }

  close(): void {
    closeSync(this.#fd)
  }
}
