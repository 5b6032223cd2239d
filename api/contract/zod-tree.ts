import { z } from 'zod'

/** What is read here of how zod keeps a schema. */
type Check = {
  check: string
  minimum?: number
  maximum?: number
  value?: unknown
  tx?: (value: unknown) => unknown
  pattern?: RegExp
}
type Def = {
  type: string
  format?: string
  pattern?: RegExp
  checks?: { _zod: { def: Check } }[]
  shape?: Record<string, z.ZodType>
  options?: z.ZodType[]
  items?: z.ZodType[]
  getter?: () => z.ZodType
} & Partial<Record<'element' | 'innerType' | 'in' | 'out' | 'left' | 'right' | 'keyType' | 'valueType', z.ZodType>>

const INNER = ['element', 'innerType', 'in', 'out', 'left', 'right', 'valueType'] as const

export const isSchema = (value: unknown): value is z.ZodType => value instanceof z.ZodType
export const defOf = (schema: z.ZodType): Def => schema._zod.def as unknown as Def
export const checksOf = (schema: z.ZodType): Check[] => (defOf(schema).checks ?? []).map((check) => check._zod.def)

/** Schemas and all that they are made of, each once. */
export function* everySchema(roots: readonly z.ZodType[], seen = new WeakSet<z.ZodType>()): Generator<z.ZodType> {
  for (const schema of roots) {
    if (seen.has(schema)) continue
    seen.add(schema)
    yield schema
    const def = defOf(schema)
    const inner = INNER.flatMap((name) => def[name] ?? [])
    const many = [...Object.values(def.shape ?? {}), ...(def.options ?? []), ...(def.items ?? [])]
    yield* everySchema([...inner, ...many, ...(def.getter === undefined ? [] : [def.getter()])], seen)
  }
}
