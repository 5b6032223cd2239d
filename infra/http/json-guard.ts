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
