import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 8_192
const pool = Buffer.allocUnsafe(POOL_BYTES)
let used = POOL_BYTES

/**
 * Random bytes of the system for small things made in great number, such as ids and nonces: asked for in stock, because
 * each asking costs more than the bytes. No byte is given out twice, and what was given out is not kept.
 */
export function pooledRandom(size: number): Buffer {
  if (used + size > POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  const bytes = Buffer.from(pool.subarray(used, used + size))
  pool.fill(0, used, used + size)
  used += size
  return bytes
}
