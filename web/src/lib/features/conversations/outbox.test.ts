import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Outbox } from './outbox.svelte.ts'

const store = new Map<string, string>()
const calls: { url: string; key: string | null; body: unknown }[] = []
let answer: (url: string) => Promise<Response>

beforeEach(() => {
  store.clear()
  calls.length = 0
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  })
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    calls.push({ url, key: new Headers(init.headers).get('idempotency-key'), body: JSON.parse(String(init.body)) })
    return answer(url)
  })
  answer = async () => Response.json({ id: 'm1', conversationId: 'c1' }, { status: 201 })
})
afterEach(() => vi.unstubAllGlobals())

const text = (value: string) => ({ content: { kind: 'text' as const, text: value }, replyTo: null })

test('two messages leave one after the other, in the order they were written', async () => {
  let release = () => {}
  answer = () =>
    new Promise((resolve) => {
      release = () => resolve(Response.json({ id: 'm', conversationId: 'c1' }))
    })
  const outbox = new Outbox(() => {})
  outbox.send('c1', text('first'))
  outbox.send('c1', text('second'))
  await vi.waitFor(() => expect(calls).toHaveLength(1))
  release()
  await vi.waitFor(() => expect(calls).toHaveLength(2))
  expect(calls.map(({ body }) => (body as { content: { text: string } }).content.text)).toEqual(['first', 'second'])
  release()
  await vi.waitFor(() => expect(outbox.of('c1')).toEqual([]))
})

test('without an answer the words wait, and leave under the same key when the network is back', async () => {
  answer = () => Promise.reject(new TypeError('failed to fetch'))
  const outbox = new Outbox(() => {})
  outbox.send('c1', text('hello'))
  await vi.waitFor(() => expect(outbox.of('c1')[0]?.state).toBe('waiting'))
  expect(outbox.waitingCount).toBe(1)
  answer = async () => Response.json({ id: 'm1', conversationId: 'c1' })
  outbox.resume()
  await vi.waitFor(() => expect(outbox.of('c1')).toEqual([]))
  expect(calls[0]?.key).toBe(calls[1]?.key)
})

test('a refusal keeps the words and says why; trying again uses the same key', async () => {
  answer = async () => Response.json({ code: 'service_window_closed' }, { status: 409 })
  const outbox = new Outbox(() => {})
  outbox.send('c1', text('late'))
  await vi.waitFor(() =>
    expect(outbox.of('c1')[0]).toMatchObject({ state: 'failed', problem: 'service_window_closed' }),
  )
  outbox.retry(outbox.of('c1')[0]!.clientId)
  await vi.waitFor(() => expect(calls).toHaveLength(2))
  expect(calls[0]?.key).toBe(calls[1]?.key)
})

test('what could not be sent is taken up again after a reload', async () => {
  answer = () => Promise.reject(new TypeError('failed to fetch'))
  const before = new Outbox(() => {})
  before.send('c1', text('kept'))
  await vi.waitFor(() => expect(before.of('c1')[0]?.state).toBe('waiting'))
  answer = async () => Response.json({ id: 'm1', conversationId: 'c1' })
  const sent: string[] = []
  const after = new Outbox((message) => sent.push(message.id))
  after.restore()
  await vi.waitFor(() => expect(sent).toEqual(['m1']))
  expect(store.get('holdfast.outbox')).toBe('[]')
})

test('a server that is busy for a moment is asked again, without a word to anybody', async () => {
  vi.useFakeTimers()
  answer = async () => Response.json({ code: 'unavailable' }, { status: 503 })
  const outbox = new Outbox(() => {})
  outbox.send('c1', text('patient'))
  await vi.advanceTimersByTimeAsync(10)
  expect(outbox.of('c1')[0]?.state).toBe('waiting')
  answer = async () => Response.json({ id: 'm1', conversationId: 'c1' })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(outbox.of('c1')).toEqual([])
  vi.useRealTimers()
})
