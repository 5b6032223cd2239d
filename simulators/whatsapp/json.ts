export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [key: string]: Json | undefined }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const objectAt = (holder: unknown, key: string): JsonObject | undefined => {
  const value = isObject(holder) ? holder[key] : undefined
  return isObject(value) ? value : undefined
}

export const listAt = (holder: unknown, key: string): Json[] => {
  const value = isObject(holder) ? holder[key] : undefined
  return Array.isArray(value) ? value : []
}

export const stringAt = (holder: unknown, key: string): string | undefined => {
  const value = isObject(holder) ? holder[key] : undefined
  return typeof value === 'string' ? value : undefined
}

const NEEDS_ESCAPE = /[/\u0080-\uffff]/
const EACH_TO_ESCAPE = /[/\u0080-\uffff]/g

/** The provider escapes `/` and everything outside ASCII, in answers and in webhook bodies, and signs that form. */
export function graphJson(value: unknown): string {
  const plain = JSON.stringify(value)
  if (!NEEDS_ESCAPE.test(plain)) return plain
  return plain.replace(EACH_TO_ESCAPE, (char) =>
    char === '/' ? '\\/' : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
