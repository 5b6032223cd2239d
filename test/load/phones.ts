import { Agent, request } from 'undici'

export type SendEntry = {
  n: number
  at: string
  phoneNumberId: string
  to: string
  body: Record<string, unknown>
  id: string
  callbackData?: string
}

export type SimulatedNumber = { id: string; wabaId: string; display_phone_number?: string; endpoint: string | null }
export type SimulatorState = {
  sendsCount: number
  webhooks: { posted: number; taken: number; failed: number; nowhere: number; waiting: number }
  numbers: SimulatedNumber[]
}

export type Phones = ReturnType<typeof createPhones>

/** The phone simulator as a script sees it: customers write, and the log tells what was accepted. */
export function createPhones(url: string) {
  const agent = new Agent({ connections: 64, keepAliveTimeout: 30_000, headersTimeout: 20_000, bodyTimeout: 20_000 })

  async function call<T>(method: 'GET' | 'POST', path: string, json?: unknown): Promise<T> {
    const response = await request(`${url}${path}`, {
      method,
      dispatcher: agent,
      ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
    })
    const text = await response.body.text()
    if (response.statusCode !== 200) throw new Error(`simulator: ${method} ${path}: ${response.statusCode} ${text}`)
    return JSON.parse(text) as T
  }

  return {
    /** A customer writes. @returns the id that the provider gave the message. */
    async write(phone: string, to: string, message: Record<string, unknown>): Promise<string> {
      const { id } = await call<{ id: string }>('POST', `/control/phones/${phone}/messages`, { to, message })
      return id
    },
    state: () => call<SimulatorState>('GET', '/control/state'),
    options: (options: Record<string, unknown>) => call<Record<string, unknown>>('POST', '/control/options', options),
    retryNow: () => call<{ retried: number }>('POST', '/control/webhooks/retry'),
    log: (after: number) => call<{ entries: SendEntry[]; next: number }>('GET', `/control/log?after=${after}`),
    async wholeLog(from = 0): Promise<SendEntry[]> {
      const { entries } = await call<{ entries: SendEntry[] }>('GET', `/control/log?after=${from}`)
      return entries
    },
    close: () => agent.close(),
  }
}

/** The words of an accepted send, of whatever kind it is. */
export function textOf({ body }: Pick<SendEntry, 'body'>): string {
  const { text, interactive } = body as { text?: { body?: string }; interactive?: { body?: { text?: string } } }
  return text?.body ?? interactive?.body?.text ?? ''
}
