import type { z } from 'zod'
import type { FieldError } from '#domain/errors.ts'
import { toProblem } from '#lib/api/problem.ts'
import { useI18n } from '#lib/i18n/index.ts'
import { namedRule, ruleOf } from './rules.ts'

type Options<T extends z.ZodType> = {
  schema: T
  initial: z.input<T>
  onsubmit: (values: z.output<T>) => Promise<void>
}

const pointerOf = (path: PropertyKey[]): string => path.map((part) => `/${String(part)}`).join('')

/** One form: values, the errors beside their fields, and what went wrong as a whole. */
export function createForm<T extends z.ZodType>({ schema, initial, onsubmit }: Options<T>) {
  const { t, i18n } = useI18n()
  const values = $state(structuredClone(initial))
  let errors = $state.raw<Record<string, string>>({})
  let problem = $state.raw<ReturnType<typeof toProblem> | undefined>()
  let pending = $state(false)

  const textOf = (error: Pick<FieldError, 'code' | 'params'>): string => {
    const rule = namedRule(error)
    const key = `validation.${rule.code}`
    return i18n.has(key) ? t(key, rule.params) : t('validation.invalid')
  }

  function check(): z.output<T> | undefined {
    const result = schema.safeParse($state.snapshot(values))
    if (result.success) return result.data
    errors = Object.fromEntries(
      result.error.issues.map((issue) => [pointerOf(issue.path), textOf(ruleOf(issue))] as const).reverse(),
    )
    return undefined
  }

  async function submit(event?: SubmitEvent): Promise<void> {
    event?.preventDefault()
    errors = {}
    problem = undefined
    const parsed = check()
    if (parsed === undefined) return focusFirstInvalid(event)
    pending = true
    try {
      await onsubmit(parsed)
    } catch (error) {
      problem = toProblem(error)
      errors = Object.fromEntries(problem.errors.map((one) => [one.path, textOf(one)]))
    } finally {
      pending = false
    }
    focusFirstInvalid(event)
  }

  return {
    values,
    submit,
    error: (field: string): string | undefined => errors[field.startsWith('/') ? field : `/${field}`],
    get problem() {
      return problem
    },
    get pending() {
      return pending
    },
    reset() {
      Object.assign(values as object, structuredClone(initial))
      errors = {}
      problem = undefined
    },
  }
}

function focusFirstInvalid(event: SubmitEvent | undefined): void {
  const form = event?.currentTarget ?? event?.target
  if (!(form instanceof HTMLFormElement)) return
  requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus())
}
