/** Bounds under which a parse of foreign JSON stays short: the parser itself knows none. */
export type JsonBounds = { depthMax: number; keysPerObjectMax: number; valuesMax: number }

export const WEBHOOK_JSON: JsonBounds = { depthMax: 64, keysPerObjectMax: 2_000, valuesMax: 500_000 }

export type JsonRefusal = 'too_deep' | 'too_many_keys' | 'too_many_values'

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c

/**
 * Counts nesting, keys and values in one pass over the bytes, without parsing. It judges size only: whether the text
 * is JSON at all is left to the parser, which is safe to call once this has returned `undefined`.
 */
export function refuseHugeJson(raw: Uint8Array, bounds: JsonBounds = WEBHOOK_JSON): JsonRefusal | undefined {
  const keysAtDepth = new Int32Array(bounds.depthMax + 1)
  let depth = 0
  let values = 1
  for (let at = 0; at < raw.length; at += 1) {
    const byte = raw[at]!
    if (byte === QUOTE) {
      at += 1
      while (at < raw.length && raw[at] !== QUOTE) at += raw[at] === BACKSLASH ? 2 : 1
    } else if (byte === COMMA) {
      values += 1
      if (values > bounds.valuesMax) return 'too_many_values'
    } else if (byte === COLON) {
      keysAtDepth[depth] = keysAtDepth[depth]! + 1
      if (keysAtDepth[depth]! > bounds.keysPerObjectMax) return 'too_many_keys'
    } else if ((byte | 0x20) === 0x7b) {
      depth += 1
      if (depth > bounds.depthMax) return 'too_deep'
      keysAtDepth[depth] = 0
    } else if ((byte | 0x20) === 0x7d && depth > 0) {
      depth -= 1
    }
  }
  return undefined
}

const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d])

type Level = { keys: Set<string> | undefined; place: string | number }

/** A key that is not taken, by a JSON pointer to it. */
export type OddKey = { path: string; fault: 'repeated_field' | 'unknown_field' }

/**
 * Finds a key that one object has twice, or that is `__proto__`. Of the first, parsers keep the last, others the first: what
 * one of them checked, another would run. The second is a field to some and the machinery of objects to others. Whether the
 * text is JSON at all is left to the parser.
 */
export function oddKey(raw: Uint8Array): OddKey | undefined {
  const levels: Level[] = []
  let text: [number, number] | undefined
  for (let at = 0; at < raw.length; at += 1) {
    const byte = raw[at]!
    const level = levels.at(-1)
    if (byte === QUOTE) {
      const start = at
      at += 1
      while (at < raw.length && raw[at] !== QUOTE) at += raw[at] === BACKSLASH ? 2 : 1
      text = [start, at + 1]
    } else if (byte === COLON && text !== undefined && level?.keys !== undefined) {
      const key = keyOf(raw, text)
      if (level.keys.has(key)) return { path: pointerTo(levels, key), fault: 'repeated_field' }
      if (key === '__proto__') return { path: pointerTo(levels, key), fault: 'unknown_field' }
      level.keys.add(key)
      level.place = key
    } else if (byte === COMMA && typeof level?.place === 'number') {
      level.place += 1
    } else if ((byte | 0x20) === 0x7b) {
      levels.push(byte === 0x7b ? { keys: new Set(), place: '' } : { keys: undefined, place: 0 })
    } else if ((byte | 0x20) === 0x7d) {
      levels.pop()
    }
    if (byte !== QUOTE && !SPACE.has(byte)) text = undefined
  }
  return undefined
}

/** Two spellings of one key are one key: `"a"` and `"\\u0061"`. */
function keyOf(raw: Uint8Array, [start, end]: [number, number]): string {
  const text = Buffer.from(raw.buffer, raw.byteOffset + start, end - start).toString('utf8')
  if (!text.includes('\\')) return text.slice(1, -1)
  try {
    return JSON.parse(text) as string
  } catch {
    return text // Not JSON, which the parser will say.
  }
}

const pointerTo = (levels: readonly Level[], key: string): string =>
  [...levels.slice(0, -1).map(({ place }) => place), key]
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('')
