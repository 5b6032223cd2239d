import type { Json } from './json.ts'

/** Names that reach into the machinery of an object instead of its contents. They are refused wherever people write paths. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])
const SEGMENT = /^[\p{L}\p{N}_-]{1,64}$/u

/** Bounds of one path: `contact.fields.city` has three segments. */
export const PATH_SEGMENTS_MAX = 8

/** Whether `path` may be read: dotted names of letters, digits, `_` and `-`, none of them a name of the machinery. */
export function isSafePath(path: string): boolean {
  if (path.length === 0 || path.length > 256) return false
  const segments = path.split('.')
  return (
    segments.length <= PATH_SEGMENTS_MAX &&
    segments.every((segment) => SEGMENT.test(segment) && !FORBIDDEN.has(segment))
  )
}

/** Whether one name may be written as a key: the same rule as a path of one segment. */
export const isSafeKey = (key: string): boolean => SEGMENT.test(key) && !FORBIDDEN.has(key)

/**
 * Reads a path, through own properties only, so that nothing inherited is ever reachable.
 * @returns the value, or null when any part of the way is missing or the path is not safe.
 */
export function readPath(data: Json | undefined, path: string): Json {
  if (data === undefined || !isSafePath(path)) return null
  let value: Json = data
  for (const segment of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, segment)) return null
    value = (value as { [key: string]: Json })[segment] ?? null
  }
  return value
}
