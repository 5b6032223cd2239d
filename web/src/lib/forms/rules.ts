import type { z } from 'zod'
import type { FieldError } from '#domain/errors.ts'
import type { I18n } from '#lib/i18n/index.ts'

type Rule = Pick<FieldError, 'code' | 'params'>

/** A broken rule as the API tells it, out of a zod issue found here: one shape for both. */
export function ruleOf(issue: z.core.$ZodIssue): Rule {
  const params: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(issue)) {
    if (name !== 'code' && (typeof value === 'string' || typeof value === 'number')) params[name] = value
  }
  return { code: issue.code, params }
}

/** A broken rule in the words of whoever reads it. */
export function textOfRule(error: Rule, i18n: Pick<I18n, 't' | 'has'>): string {
  const { code, params } = namedRule(error)
  const key = `validation.${code}`
  return i18n.has(key) ? i18n.t(key, params) : i18n.t('validation.invalid')
}

/** The name of the sentence that a broken rule has: a missing word is "needed", not "too short". */
export function namedRule({ code, params = {} }: Rule): Rule {
  const kind = params['origin'] === 'string' ? 'text' : 'number'
  if (code === 'too_small') {
    return kind === 'text' && Number(params['minimum']) <= 1
      ? { code: 'required' }
      : { code: `too_small_${kind}`, params }
  }
  if (code === 'too_big') return { code: `too_big_${kind}`, params }
  if (code === 'invalid_format') return { code: String(params['format'] ?? code), params }
  return { code, params }
}
