import type { Dispatcher, FormData } from 'undici'
import type { SendResult } from './failures.ts'

export type GraphRequest = {
  origin: string
  path: string
  method: 'GET' | 'POST' | 'DELETE'
  headers: Record<string, string>
  body?: string | FormData
  timeoutMs: number
  signal?: AbortSignal | undefined
}

/** Far above any page of templates, far below what would hurt. */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024

/**
 * One HTTP exchange that never throws and never retries. It speaks to the dispatcher directly, because only there can
 * be seen whether the request was put on a connection: before that moment nothing was sent, after it nobody knows.
 */
export function exchange(dispatcher: Dispatcher, request: GraphRequest): Promise<SendResult> {
  const { origin, path, method, headers, body, timeoutMs, signal } = request
  return new Promise((resolve) => {
    let started = false
    let ended = false
    let abort: (reason: Error) => void = () => {}
    const end = (result: SendResult) => {
      if (ended) return
      ended = true
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      resolve(result)
    }
    const breakOff = (reason: string) => {
      end({ kind: 'broken', started, reason })
      abort(new Error(reason))
    }
    const onAbort = () => breakOff('cancelled')
    const timer = setTimeout(() => breakOff('timeout'), timeoutMs)
    if (signal?.aborted) {
      breakOff('cancelled')
      return
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    const handler = collect(end, {
      mayStart: () => !ended,
      onStart: (abortRequest) => {
        abort = abortRequest
        started = true
      },
      wasStarted: () => started,
    })
    try {
      dispatcher.dispatch({ origin, path, method, headers, body: body ?? null }, handler)
    } catch (error) {
      end({ kind: 'broken', started, reason: reasonOf(error) })
    }
  })
}

type Course = {
  mayStart: () => boolean
  onStart: (abort: (reason: Error) => void) => void
  wasStarted: () => boolean
}

function collect(end: (result: SendResult) => void, course: Course): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  let httpStatus = 0
  let retryAfterMs: number | undefined
  return {
    onRequestStart(controller) {
      if (course.mayStart()) course.onStart((reason) => controller.abort(reason))
      else controller.abort(new Error('cancelled'))
    },
    onResponseStart(_controller, statusCode, headers) {
      if (statusCode < 200) return
      httpStatus = statusCode
      retryAfterMs = retryAfterOf(headers)
    },
    onResponseData(controller, chunk) {
      sizeBytes += chunk.length
      if (sizeBytes > ANSWER_BYTES_MAX) controller.abort(new Error('answer_too_large'))
      else chunks.push(chunk)
    },
    onResponseEnd() {
      const body = Buffer.concat(chunks).toString('utf8')
      end({ kind: 'answer', httpStatus, body, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
    },
    onResponseError(_controller, error) {
      end({ kind: 'broken', started: course.wasStarted(), reason: reasonOf(error) })
    },
  }
}

/** Seconds in `retry-after`, or minutes in Meta's own usage header while access is being withheld. */
function retryAfterOf(headers: Record<string, string | string[] | undefined>): number | undefined {
  const seconds = Number(headers['retry-after'])
  if (Number.isFinite(seconds) && seconds > 0) return Math.min(seconds, 86_400) * 1_000
  const usage = headers['x-business-use-case-usage']
  if (typeof usage !== 'string') return undefined
  const minutes = /"estimated_time_to_regain_access":\s*(\d{1,5})/.exec(usage)?.[1]
  return minutes === undefined || minutes === '0' ? undefined : Math.min(Number(minutes), 1_440) * 60_000
}

/** A short word for logs and rows: the code of the error where it has one, never the address or the body. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'broken'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return (code ?? error.message).slice(0, 100).toLowerCase()
}
