import type { JsonObject } from '../json.ts'

/** `fields=a,b{c},d` keeps what was asked for; the id always comes along. */
export function pickFields(object: JsonObject, query: URLSearchParams, byDefault: readonly string[]): JsonObject {
  const asked = (query.get('fields') ?? '').replaceAll(/\{[^}]*\}/g, '')
  const names = asked === '' ? byDefault : asked.split(',').map((name) => name.trim())
  const picked: JsonObject = {}
  for (const name of names) if (object[name] !== undefined) picked[name] = object[name]
  return 'id' in object ? { ...picked, id: object['id'] } : picked
}

export type PageRequest = { query: URLSearchParams; baseUrl: string; path: string; defaultLimit?: number }

/** Graph's cursors; an empty list comes without `paging`. */
export function pageOf(
  items: readonly JsonObject[],
  { query, baseUrl, path, defaultLimit = 25 }: PageRequest,
): JsonObject {
  if (items.length === 0) return { data: [] }
  const limit = Math.max(1, Number(query.get('limit') ?? defaultLimit) || defaultLimit)
  const after = decode(query.get('after'))
  const before = decode(query.get('before'))
  const start = after !== undefined ? after + 1 : before !== undefined ? Math.max(0, before - limit) : 0
  const data = items.slice(start, start + limit)
  if (data.length === 0) return { data: [] }
  const cursors = { before: encode(start), after: encode(start + data.length - 1) }
  const link = (name: string, cursor: string): string => {
    const next = new URLSearchParams(query)
    for (const other of ['after', 'before', 'access_token']) next.delete(other)
    next.set(name, cursor)
    return `${baseUrl}${path}?${next}`
  }
  return {
    data,
    paging: {
      cursors,
      ...(start + data.length < items.length ? { next: link('after', cursors.after) } : {}),
      ...(start > 0 ? { previous: link('before', cursors.before) } : {}),
    },
  }
}

const encode = (index: number): string => Buffer.from(`M${index}`).toString('base64url')

function decode(cursor: string | null): number | undefined {
  if (!cursor) return undefined
  const index = Number(Buffer.from(cursor, 'base64url').toString('utf8').slice(1))
  return Number.isInteger(index) ? index : undefined
}
