import { expect, test } from 'vitest'
import { z } from 'zod'
import { namedRule, ruleOf } from './rules.ts'

const first = (schema: z.ZodType, value: unknown) => namedRule(ruleOf(schema.safeParse(value).error!.issues[0]!))

test('an empty field is needed, a short one too short', () => {
  expect(first(z.string().min(1), '')).toMatchObject({ code: 'required' })
  expect(first(z.string().min(10), 'abc')).toMatchObject({ code: 'too_small_text', params: { minimum: 10 } })
  expect(first(z.int().min(3), 1)).toMatchObject({ code: 'too_small_number' })
})

test('a wrong form is named by the form', () => {
  expect(first(z.email(), 'a@')).toMatchObject({ code: 'email' })
  expect(first(z.string().regex(/^\d+$/), 'x')).toMatchObject({ code: 'regex' })
})
