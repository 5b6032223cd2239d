import { createHash } from 'node:crypto'
import { uuidV7 } from '#domain/ids.ts'

const digest = (parts: readonly (string | number)[]): Buffer =>
  createHash('sha256').update(parts.join('\u0000')).digest()

/** An id that sorts by its time, as all do, and is the same for the same parts. */
export const seedId = (atMs: number, ...parts: (string | number)[]): string => uuidV7(atMs, digest(parts))

/** A number from 0 up to `below`, the same for the same parts. */
export const seedNumber = (below: number, ...parts: (string | number)[]): number =>
  digest(parts).readUInt32BE(0) % below

/** One of several, the same for the same parts. */
export const seedPick = <T>(choices: readonly T[], ...parts: (string | number)[]): T =>
  choices[seedNumber(choices.length, ...parts)]!
