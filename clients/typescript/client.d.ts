// Made from `client.ts` by `node scripts/api-client.ts`; what is changed here by hand is lost.
import type { Operations } from './operations.d.ts'
export type OperationName = keyof Operations
type Given<N extends OperationName> = Omit<Operations[N], 'answer'>
/** A query whose fields are all optional may be left out; everything else that an operation takes must be given. */
type Input<N extends OperationName> = (Given<N> extends {
  path: infer P
}
  ? {
      path: P
    }
  : unknown) &
  (Given<N> extends {
    body: infer B
  }
    ? {
        body: B
      }
    : unknown) &
  (Given<N> extends {
    query: infer Q
  }
    ? Record<string, never> extends Q
      ? {
          query?: Q
        }
      : {
          query: Q
        }
    : unknown) & {
    idempotencyKey?: string
    signal?: AbortSignal
  }
type Arguments<N extends OperationName> =
  Given<N> extends
    | {
        path: unknown
      }
    | {
        body: unknown
      }
    ? [input: Input<N>]
    : [input?: Input<N>]
type Answer<N extends OperationName> = Operations[N]['answer']
type PageOf<N extends OperationName> =
  Answer<N> extends {
    items: (infer Item)[]
    nextCursor: string | null
  }
    ? Item
    : never
type ListName = {
  [N in OperationName]: PageOf<N> extends never ? never : N
}[OperationName]
export type HoldfastOptions = {
  /** Where the house is, such as `https://chat.example.com`. */
  baseUrl: string
  /** The key, as it was shown once. */
  key: string
  /** For tests and for runtimes with a fetch of their own. */
  fetch?: (url: string, init: RequestInit) => Promise<Response>
  /** How often a refusal that asks to wait is tried again; 3 unless said otherwise. */
  retries?: number
  wait?: (ms: number) => Promise<void>
}
/** A refusal of the API: `code` is for programs, `errors` name the fields. */
export declare class HoldfastProblem extends Error {
  readonly name = 'HoldfastProblem'
  readonly status: number
  readonly code: string
  readonly errors: readonly {
    path: string
    code: string
    message: string
  }[]
  readonly requestId: string
  constructor(
    status: number,
    problem: Partial<Omit<HoldfastProblem, 'status'>> & {
      detail?: string
    },
  )
}
export type Holdfast = {
  /** Carries out one operation: `call('GET /contacts/{id}', { path: { id } })`. Throws HoldfastProblem. */
  call<N extends OperationName>(name: N, ...input: Arguments<N>): Promise<Answer<N>>
  /** All rows of a list, page by page, as they are asked for. */
  all<N extends ListName>(name: N, ...input: Arguments<N>): AsyncGenerator<PageOf<N>>
}
export declare function createHoldfast({ baseUrl, key, fetch, retries, wait }: HoldfastOptions): Holdfast
export {}
