/** What may live in a run's state, a condition or its data: nothing that JSON would lose. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Whether a value survives JSON unchanged: no undefined, no NaN, no dates, maps or functions; at most `depthMax` deep. */
export function isJson(value: unknown, depthMax = 32): value is Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depthMax === 0) return false
  if (Array.isArray(value)) return value.every((item) => isJson(item, depthMax - 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.values(value).every((item) => isJson(item, depthMax - 1))
}
