import { createHash } from 'node:crypto'
import { uuidV7 } from '#domain/ids.ts'
import { pooledRandom } from './crypto/random-pool.ts'

const COUNTER_MAX = 0xfff
const CLOCK_BACK_MAX_MS = 1_000
let lastMs = 0
let counter = 0

/** Half of the counter's room at most, so that the ids of one millisecond have the other half to grow into. */
const beginning = (random: Uint8Array) => (random[0]! << 3) & 0x7ff

/**
 * A new row id. Ids that a process makes later sort later, also within one millisecond: events are told, and messages
 * shown, in the order of their ids.
 */
export function newId(): string {
  const random = pooledRandom(10)
  const nowMs = Date.now()
  // A clock that is set back a little must not reorder what was made; one that is set back far is believed.
  if (nowMs > lastMs || lastMs - nowMs > CLOCK_BACK_MAX_MS) {
    lastMs = nowMs
    counter = beginning(random)
  } else if (counter === COUNTER_MAX) {
    lastMs += 1
    counter = beginning(random)
  } else {
    counter += 1
  }
  random[0] = counter >> 4
  random[1] = ((counter & 0xf) << 4) | (random[1]! & 0xf)
  return uuidV7(lastMs, random)
}

/**
 * An id made of its causes: the same parts give the same id, so what they start is started once.
 * Shaped as UUIDv8 (custom), because its bits are a hash.
 */
export function idFrom(...parts: string[]): string {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
