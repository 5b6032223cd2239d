import type { FieldError } from '../errors.ts'

/** What whoever meets a problem wants to know of its code. Its status and whether to try again stand in `errors.ts`. */
export type ProblemEntry = {
  means: string
  when: string
  wayOut: string
  /** The `detail` and `errors` of an example. */
  detail: string
  errors?: readonly FieldError[]
  /** What `Retry-After` says in the example; absent where there is none. */
  retryAfterSeconds?: number
  /** The parts of the API that answer with it; absent where each of them may. Empty: only seen in messages and runs. */
  parts?: readonly string[]
}
