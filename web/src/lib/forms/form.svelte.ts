import type { z } from 'zod'
import type { FieldError } from '#domain/errors.ts'
import { toProblem } from '#lib/api/problem.ts'
import { useI18n } from '#lib/i18n/index.ts'
import { ruleOf, textOfRule } from './rules.ts'

type Options<T extends z.ZodType> = {
  schema: T
  initial: z.input<T>
  onsubmit: (values: z.output<T>, touched: Touched) => Promise<void>
}
/**
 * Of the fields of a form, or of one group of them, those that were written otherwise since it began or was kept last. What
 * nobody touched here may have been changed elsewhere meanwhile, and stays as it was left there.
 */
type Touched = <V extends object>(fields: V, group?: string) => Partial<V>

type Fields = Record<string, unknown>

const pointerOf = (path: PropertyKey[]): string => path.map((part) => `/${String(part)}`).join('')

/** One form: values, the errors beside their fields, and what went wrong as a whole. */
export function createForm<T extends z.ZodType>({ schema, initial, onsubmit }: Options<T>) {
  const { i18n } = useI18n()
  const values = $state(structuredClone(initial))
  let kept = structuredClone(initial)
  let errors = $state.raw<Record<string, string>>({})
  let problem = $state.raw<ReturnType<typeof toProblem> | undefined>()
  let pending = $state(false)

  const textOf = (error: Pick<FieldError, 'code' | 'params'>): string => textOfRule(error, i18n)

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
    const written = $state.snapshot(values) as z.input<T>
    try {
      await onsubmit(parsed, (fields, group) => {
        const [now, before] = [written, kept].map(
          (all) => (group === undefined ? all : (all as Fields)[group]) as Fields,
        )
        const isTouched = ([name]: [string, unknown]) => now![name] !== before![name]
        return Object.fromEntries(Object.entries(fields).filter(isTouched)) as Partial<typeof fields>
      })
      kept = written
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
      kept = structuredClone(initial)
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
