/**
 * Ids of rows are UUIDv7: their first 48 bits are milliseconds, so rows sort by age and partitions cut by id.
 *
 * `random` gives 10 bytes; it is an argument because this room has no source of randomness.
 * @param nowMs epoch milliseconds, 0 <= nowMs < 2^48.
 */
export function uuidV7(nowMs: number, random: Uint8Array): string {
  if (random.length < 10) throw new RangeError(`uuidV7 needs 10 random bytes, not ${random.length}`)
  const time = Math.floor(nowMs).toString(16).padStart(12, '0')
  const hex = Array.from(random.subarray(0, 10), (byte) => byte.toString(16).padStart(2, '0')).join('')
  const variant = ((Number.parseInt(hex[3]!, 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`
}

/** The instant that a UUIDv7 carries, in epoch milliseconds. */
export function uuidTimeMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
}
