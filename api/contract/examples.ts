import { REQUEST_EXAMPLES } from './request-examples.ts'
import { resolved, type Schema, type Schemas } from './shapes.ts'

/** What stands where a field has this name; the first one that its schema takes is used. */
const BY_NAME: Readonly<Record<string, readonly unknown[]>> = {
  name: ['Carla Gómez', 'size', 'a'],
  title: ['Talk to a person'],
  label: ['Shoe size'],
  phone: ['+4915112340000'],
  displayPhone: ['+49 1511 2340000'],
  email: ['carla@example.com'],
  url: ['https://hooks.example.com/holdfast'],
  link: ['https://example.com/menu.pdf'],
  baseUrl: ['https://graph.facebook.com'],
  timeZone: ['Europe/Berlin'],
  locale: ['en'],
  language: ['en'],
  text: ['Your parcel is on its way.'],
  reason: ['resolved', 'Asked for on the phone.'],
  source: ['Web form'],
  cause: ['order 4711'],
  version: [1, '0.1.0'],
  requestId: ['01a2271e-59c2-7698-b113-275d319a9867'],
  address: ['203.0.113.7'],
  route: ['/contacts/{id}'],
  password: ['a long sentence that only I know'],
  token: ['uT3rU5rQkq0nV1V0c9k4Jw4m0q7bC1o2d3e4f5g6h7i'],
  code: ['123456', 'invalid_input'],
  key: ['shoe_size'],
  emoji: ['👍'],
  prefix: ['hf_4kQz'],
  mimeType: ['image/png'],
  fileName: ['menu.png'],
  currency: ['EUR'],
  blocked: [false],
  channelKind: ['whatsapp'],
  businessAccountId: ['102290129340398'],
  phoneNumberId: ['106540352242922'],
  username: ['carla.g'],
  userAgent: ['Firefox on Linux'],
  nextCursor: [null],
  body: ['{"id":"018f4e5c-7a10-7c3e-9b1d-0a4b8c2d6e10"}'],
  draft: [{ schemaVersion: 1, nodes: [], edges: [] }],
  definition: [{ schemaVersion: 1, nodes: [], edges: [] }],
}

const BY_FORMAT: Readonly<Record<string, unknown>> = {
  uuid: '018f4e5c-0000-7000-8000-000000000001',
  email: 'carla@example.com',
  'date-time': '2026-03-02T14:00:00.000Z',
  date: '1990-05-17',
  uri: 'https://example.com/menu.pdf',
  ipv4: '203.0.113.7',
  binary: '(the bytes)',
}

/** Tried in turn where a text has a form of its own. */
const FORMS = ['09:00', '18:00', '123456', 'en', 'shoe_size', '#2563eb', 'a', '00', '106540352242922', 'AAAA']

const typesOf = ({ type }: Schema): string[] => (Array.isArray(type) ? type : type === undefined ? [] : [type])
const DEPTH_MAX = 9

function fitsText(text: string, { pattern, minLength = 0, maxLength = Infinity }: Schema): boolean {
  return (
    text.length >= minLength && text.length <= maxLength && (pattern === undefined || new RegExp(pattern).test(text))
  )
}

function fits(value: unknown, schema: Schema): boolean {
  const types = typesOf(schema)
  if (value === null) return types.includes('null')
  if (typeof value === 'string') return types.includes('string') && fitsText(value, schema)
  if (typeof value === 'number') return types.includes('integer') || types.includes('number')
  if (typeof value === 'boolean') return types.includes('boolean')
  return types.includes('object') || types.length === 0
}

function textOf(schema: Schema): string {
  const { minLength = 0, maxLength = Infinity } = schema
  const words = 'example'.slice(0, maxLength).padEnd(minLength, '.')
  return [words, ...FORMS].find((text) => fitsText(text, schema)) ?? words
}

function numberOf({ minimum, exclusiveMinimum, maximum, multipleOf: step }: Schema): number {
  const least = minimum ?? (exclusiveMinimum === undefined ? 1 : exclusiveMinimum + 1)
  const value = maximum === undefined || maximum >= 1 ? Math.max(least, Math.min(1, maximum ?? 1)) : maximum
  return step === undefined ? value : Math.ceil(value / step) * step
}

type Place = { schemas: Schemas; whole: boolean; depth: number }

function objectOf(schema: Schema, place: Place): Record<string, unknown> {
  const { properties = {}, required = [] } = schema
  const names = Object.keys(properties)
  const optional = place.whole && place.depth < DEPTH_MAX ? names.filter((name) => !required.includes(name)) : []
  const wanted = names.filter((name) => required.includes(name) || optional.includes(name))
  // A change of nothing would be a poor example, and so would a proof without any.
  const shown = wanted.length === 0 && !place.whole && place.depth === 0 ? names.slice(0, 1) : wanted
  const deeper = { ...place, depth: place.depth + 1 }
  return Object.fromEntries(shown.map((name) => [name, valueFor(properties[name]!, deeper, name)]))
}

function listOf({ items, minItems = 0 }: Schema, place: Place, name: string): unknown[] {
  const wanted = place.whole && place.depth < DEPTH_MAX ? Math.max(1, minItems) : minItems
  if (items === undefined) return []
  const kinds = resolved(items, place.schemas).enum
  const one = name.replace(/s$/, '')
  return Array.from({ length: wanted }, (_, index) =>
    kinds === undefined ? valueFor(items, { ...place, depth: place.depth + 1 }, one) : kinds[index],
  )
}

/** Parts of an object are put together; of a word with something said about it, the word counts. */
function mergedOf(parts: readonly Schema[], place: Place, name: string): unknown {
  const values = parts.map((part) => valueFor(part, place, name))
  const [first] = values
  return typeof first === 'object' && first !== null ? Object.assign({}, ...values) : first
}

function valueFor(given: Schema, place: Place, name: string): unknown {
  if (given.example !== undefined) return given.example
  const schema = resolved(given, place.schemas)
  if (schema.example !== undefined) return schema.example
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  const named = BY_NAME[name]?.find((value) => fits(value, schema))
  if (named !== undefined) return named
  if (schema.default !== undefined) return schema.default
  const choices = schema.anyOf ?? schema.oneOf
  if (choices !== undefined) return valueFor(choices[0] ?? {}, place, name)
  if (schema.allOf !== undefined) return mergedOf(schema.allOf, place, name)
  const types = typesOf(schema)
  if (types.includes('null') && place.depth >= DEPTH_MAX) return null
  if (types.includes('object') || schema.properties !== undefined) return objectOf(schema, place)
  if (types.includes('array')) return listOf(schema, place, name)
  if (types.includes('integer') || types.includes('number')) return numberOf(schema)
  if (types.includes('boolean')) return true
  if (types.includes('string')) return BY_FORMAT[schema.format ?? ''] ?? textOf(schema)
  return types.includes('null') ? null : {}
}

/**
 * A value that a schema takes, for people to read. An answer shows every field that it may have; what is sent shows what it
 * must have, or the first field where it must have none. What a schema cannot tell, it says itself: `.meta({ example })`.
 */
export function exampleOf(schema: Schema, schemas: Schemas, of: 'request' | 'answer', name = ''): unknown {
  const written = of === 'request' ? REQUEST_EXAMPLES[schema.$ref?.split('/').at(-1) ?? ''] : undefined
  return written ?? valueFor(schema, { schemas, whole: of === 'answer', depth: 0 }, name)
}
