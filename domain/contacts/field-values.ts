import type { CustomField } from '../custom-fields/schema.ts'
import type { FieldError } from '../errors.ts'
import type { FieldValue } from './schema.ts'

type Definition = Pick<CustomField, 'key' | 'type' | 'options' | 'required'>

const DAY = /^(\d{4})-(\d{2})-(\d{2})$/

/** Whether a text is a day that the calendar has, as 2024-02-29. */
export function isDay(text: string): boolean {
  const match = DAY.exec(text)
  if (match === null) return false
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  if (month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}

/** Whether a value may stand in a field of this type (CONT-11). */
export function fitsField({ type, options }: Pick<Definition, 'type' | 'options'>, value: FieldValue): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string'
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
    case 'date':
      return typeof value === 'string' && isDay(value)
    case 'choice':
      return typeof value === 'string' && options.includes(value)
    case 'checkbox':
      return typeof value === 'boolean'
  }
}

/**
 * Lays changed values over stored ones; null removes a value.
 *
 * @returns the values as they will stand, or what is wrong, as JSON pointers under `/fields`.
 * Stored values whose field is gone, or which no longer fit, are left alone: only what is changed is judged (CONT-12 too:
 * a required field refuses removal, and `complete` asks for all of them, as when a contact is made by hand).
 */
export function mergeFieldValues(
  definitions: readonly Definition[],
  stored: Readonly<Record<string, FieldValue>>,
  changes: Readonly<Record<string, FieldValue | null>>,
  { complete }: { complete: boolean },
):
  | { kind: 'merged'; values: Record<string, FieldValue>; changed: string[] }
  | { kind: 'refused'; errors: FieldError[] } {
  const byKey = new Map(definitions.map((definition) => [definition.key, definition]))
  const values: Record<string, FieldValue> = { ...stored }
  const errors: FieldError[] = []
  const changed: string[] = []
  for (const [key, value] of Object.entries(changes)) {
    const definition = byKey.get(key)
    const path = `/fields/${key}`
    if (definition === undefined) {
      errors.push({ path, code: 'unknown_field', message: 'There is no such field.' })
    } else if (value === null) {
      if (definition.required) errors.push({ path, code: 'required', message: 'This field may not be empty.' })
      if (Object.hasOwn(values, key)) changed.push(key)
      delete values[key]
    } else if (!fitsField(definition, value)) {
      errors.push({ path, code: `not_a_${definition.type}`, message: `This is not a ${definition.type}.` })
    } else {
      if (values[key] !== value) changed.push(key)
      values[key] = value
    }
  }
  for (const { key, required } of complete ? definitions : []) {
    if (required && !Object.hasOwn(values, key) && !Object.hasOwn(changes, key)) {
      errors.push({ path: `/fields/${key}`, code: 'required', message: 'This field may not be empty.' })
    }
  }
  return errors.length > 0 ? { kind: 'refused', errors } : { kind: 'merged', values, changed }
}
