import { z } from 'zod'
import type { Json } from '../../conditions/json.ts'
import { Condition } from '../../conditions/schema.ts'
import type { StepContext } from './contract.ts'
import { ScalarValue, Template } from './parts.ts'

const VALUE_CHARS_MAX = 4_096

/** A value as people write it: as it is, a text with values in it, or worked out by a rule. */
export const ValueSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('literal'), value: ScalarValue }),
  /** A template that is exactly one slot keeps the type of its value. */
  z.strictObject({ kind: z.literal('template'), template: Template }),
  z.strictObject({ kind: z.literal('logic'), rule: Condition }),
])
export type ValueSource = z.infer<typeof ValueSource>

/** Works out a value against what the run knows now. */
export function resolveValue(source: ValueSource, step: StepContext): Json {
  if (source.kind === 'literal') return source.value
  return source.kind === 'template'
    ? step.renderValue(source.template, VALUE_CHARS_MAX)
    : step.evaluate(source.rule as Json)
}

/** What a value reads, for the check of variables. */
export const valueReads = (source: ValueSource): { templates: string[]; conditions: Json[] } => ({
  templates: source.kind === 'template' ? [source.template] : [],
  conditions: source.kind === 'logic' ? [source.rule as Json] : [],
})
