import { Readable } from 'node:stream'

const EXPORT_PAGE = 500

type Log<Line extends { id: string }> = {
  /** Of the file, without its ending. */
  name: string
  format: 'csv' | 'jsonl'
  csvHead: string
  csvLine: (line: Line) => string
  /** Lines after a position, at most so many. */
  read: (page: { limit: number; after: string[] | undefined }) => Promise<Line[]>
}

/** Read page by page in short transactions, so that a long log neither fills the memory nor holds a connection. */
async function* lines<Line extends { id: string }>(log: Log<Line>): AsyncGenerator<Uint8Array> {
  const { format, csvHead, csvLine, read } = log
  if (format === 'csv') yield Buffer.from(csvHead)
  let after: string[] | undefined
  for (;;) {
    const rows = await read({ limit: EXPORT_PAGE, after })
    yield Buffer.from(rows.map((row) => (format === 'csv' ? csvLine(row) : `${JSON.stringify(row)}\n`)).join(''))
    if (rows.length < EXPORT_PAGE) return
    after = [rows.at(-1)!.id]
  }
}

/** A log as a file that is written while it is read. */
export function exportOf<Line extends { id: string }>(log: Log<Line>): Response {
  const headers = {
    'content-type': log.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl',
    'content-disposition': `attachment; filename="${log.name}.${log.format}"`,
    'cache-control': 'no-store',
  }
  return new Response(Readable.toWeb(Readable.from(lines(log))) as ReadableStream, { headers })
}
