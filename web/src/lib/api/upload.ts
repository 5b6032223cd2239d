import { apiUrl } from './client.ts'
import { ApiProblem, problemFrom } from './problem.ts'

/** Sends a form and tells how much of it has left (0 to 1). `fetch` cannot say that, so this is the older way. */
export function upload<T>(
  path: string,
  form: FormData,
  { idempotencyKey, onprogress }: { idempotencyKey: string; onprogress: (part: number) => void },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', apiUrl(path))
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('idempotency-key', idempotencyKey)
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => lengthComputable && onprogress(loaded / total)
    request.onerror = () => reject(new ApiProblem('unavailable', 'No answer came.', { status: 0, offline: true }))
    request.onload = () => {
      const body = parse(request.responseText)
      if (request.status >= 200 && request.status < 300) resolve(body as T)
      else reject(problemFrom(request.status, body))
    }
    request.send(form)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
