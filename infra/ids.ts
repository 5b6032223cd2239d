import { createHash, randomBytes } from 'node:crypto'
import { uuidV7 } from '#domain/ids.ts'

/** A new row id. */
export const newId = (): string => uuidV7(Date.now(), randomBytes(10))

/**
 * An id made of its causes: the same parts give the same id, so what they start is started once.
 * Shaped as UUIDv8 (custom), because its bits are a hash.
 */
export function idFrom(...parts: string[]): string {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
