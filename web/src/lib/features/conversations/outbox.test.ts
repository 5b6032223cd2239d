import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { seat } from '../shell/seat.ts'
import { Outbox } from './outbox.svelte.ts'

const ANA = 't1.ana'
const BEN = 't1.ben'
const store = new Map<string, string>()
const calls: { url: string; key: string | null; body: unknown }[] = []
let answer: (url: string) => Promise<Response>

beforeEach(() => {
  store.clear()
  calls.length = 0
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
    removeItem: (key: string) => store.delete(key),
  })
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    calls.push({ url, key: new Headers(init.headers).get('idempotency-key'), body: JSON.parse(String(init.body)) })
    return answer(url)
  })
  answer = async () => Response.json({ id: 'm1', conversationId: 'c1' }, { status: 201 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const text = (value: string) => ({ content: { kind: 'text' as const, text: value }, replyTo: null })
const silence = () => Promise.reject(new TypeError('failed to fetch'))
const accept = async () => Response.json({ id: 'm1', conversationId: 'c1' }, { status: 201 })
const said = () => calls.map(({ body }) => (body as { content: { text: string } }).content.text)

function outboxOf(owner: string, onsent: ConstructorParameters<typeof Outbox>[0] = () => {}): Outbox {
  seat.take(owner)
  const outbox = new Outbox(onsent)
  outbox.belongTo(owner)
  return outbox
}

test('two messages leave one after the other, in the order they were written', async () => {
  let release = () => {}
  answer = () =>
    new Promise((resolve) => {
      release = () => resolve(Response.json({ id: 'm', conversationId: 'c1' }))
    })
  const outbox = outboxOf(ANA)
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
  const outbox = outboxOf(ANA)
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
  const outbox = outboxOf(ANA)
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
  const before = outboxOf(ANA)
  before.send('c1', text('kept'))
  await vi.waitFor(() => expect(before.of('c1')[0]?.state).toBe('waiting'))
  answer = async () => Response.json({ id: 'm1', conversationId: 'c1' })
  const sent: string[] = []
  outboxOf(ANA, (message) => sent.push(message.id))
  await vi.waitFor(() => expect(sent).toEqual(['m1']))
  await vi.waitFor(() => expect(store.has(`holdfast.outbox.${ANA}`)).toBe(false))
})

test('a server that is busy for a moment is asked again, without a word to anybody', async () => {
  vi.useFakeTimers()
  answer = async () => Response.json({ code: 'unavailable' }, { status: 503 })
  const outbox = outboxOf(ANA)
  outbox.send('c1', text('patient'))
  await vi.advanceTimersByTimeAsync(10)
  expect(outbox.of('c1')[0]?.state).toBe('waiting')
  answer = async () => Response.json({ id: 'm1', conversationId: 'c1' })
  await vi.advanceTimersByTimeAsync(2_000)
  expect(outbox.of('c1')).toEqual([])
})

test('what is written while a message waits goes behind it, not past it', async () => {
  vi.useFakeTimers()
  answer = silence
  const outbox = outboxOf(ANA)
  outbox.send('c1', text('first'))
  await vi.advanceTimersByTimeAsync(10)
  answer = accept
  outbox.send('c1', text('second'))
  outbox.send('c2', text('elsewhere'))
  await vi.advanceTimersByTimeAsync(10)
  expect(said()).toEqual(['first', 'elsewhere'])
  expect(outbox.waitingCount).toBe(2)
  outbox.resume()
  await vi.advanceTimersByTimeAsync(10)
  expect(said()).toEqual(['first', 'elsewhere', 'first', 'second'])
})

test('one call that is lost while the network stands is made again by itself, more and more slowly', async () => {
  vi.useFakeTimers()
  answer = silence
  const outbox = outboxOf(ANA)
  outbox.send('c1', text('hello'))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls.length).toBeGreaterThan(3)
  expect(calls.length).toBeLessThan(10)
  expect(outbox.of('c1')[0]?.state).toBe('waiting')
  answer = accept
  await vi.advanceTimersByTimeAsync(30_000)
  expect(outbox.of('c1')).toEqual([])
  expect(new Set(calls.map(({ key }) => key)).size).toBe(1)
})

test('a refusal in one conversation keeps nobody else back, nor what comes behind it', async () => {
  vi.useFakeTimers()
  answer = async (url) =>
    url.includes('c1') ? Response.json({ code: 'service_window_closed' }, { status: 409 }) : accept()
  const outbox = outboxOf(ANA)
  outbox.send('c1', text('late'))
  outbox.send('c1', text('later'))
  outbox.send('c2', text('in time'))
  await vi.advanceTimersByTimeAsync(10)
  expect(said().sort()).toEqual(['in time', 'late', 'later'])
  expect(outbox.of('c1').map(({ state }) => state)).toEqual(['failed', 'failed'])
})

test('what one person could not send is never sent by the next, and waits for its writer', async () => {
  vi.useFakeTimers()
  answer = silence
  const anas = outboxOf(ANA)
  anas.send('c1', text('from Ana'))
  await vi.advanceTimersByTimeAsync(10)
  anas.close()
  answer = accept
  const bens = outboxOf(BEN)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(bens.of('c1')).toEqual([])
  expect(calls).toHaveLength(1)
  const again = outboxOf(ANA)
  await vi.advanceTimersByTimeAsync(10)
  expect(again.of('c1')).toEqual([])
  expect(said()).toEqual(['from Ana', 'from Ana'])
})

test('another tenant in the same tab gets nothing of the first, whose messages go on when it is back', async () => {
  vi.useFakeTimers()
  answer = silence
  const outbox = outboxOf('t1.ana')
  outbox.send('c1', text('for the first'))
  await vi.advanceTimersByTimeAsync(10)
  answer = accept
  seat.take('t2.ana')
  outbox.belongTo('t2.ana')
  outbox.send('c9', text('for the second'))
  await vi.advanceTimersByTimeAsync(120_000)
  expect(said()).toEqual(['for the first', 'for the second'])
  expect(outbox.waitingCount).toBe(0)
  seat.take('t1.ana')
  outbox.belongTo('t1.ana')
  await vi.advanceTimersByTimeAsync(10)
  expect(said()).toEqual(['for the first', 'for the second', 'for the first'])
})

test('while somebody else sits here, in whichever tab, nothing leaves in their name', async () => {
  vi.useFakeTimers()
  const outbox = outboxOf(ANA)
  seat.leave()
  outbox.send('c1', text('from Ana'))
  await vi.advanceTimersByTimeAsync(10_000)
  seat.take(BEN)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(calls).toEqual([])
  expect(outbox.of('c1')[0]?.state).toBe('waiting')
  seat.take(ANA)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(said()).toEqual(['from Ana'])
})

test('whoever leaves in the middle of a message sends no further step of it', async () => {
  vi.useFakeTimers()
  let takeOver = () => {}
  answer = (url) =>
    url.endsWith('/take-over') ? new Promise((resolve) => (takeOver = () => resolve(Response.json({})))) : accept()
  const outbox = outboxOf(ANA)
  outbox.send('c1', { ...text('from Ana'), takeOver: true })
  await vi.advanceTimersByTimeAsync(10)
  outbox.belongTo(BEN)
  takeOver()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(calls.map(({ url }) => url.split('/').at(-1))).toEqual(['take-over'])
})

test('the picture of a file is let go when its message has arrived by another way', async () => {
  const gone: string[] = []
  vi.stubGlobal('URL', { createObjectURL: () => 'blob:cup', revokeObjectURL: (url: string) => gone.push(url) })
  answer = silence
  const outbox = outboxOf(ANA)
  const file = new File(['cup'], 'cup.jpg', { type: 'image/jpeg' })
  outbox.send('c1', { content: { kind: 'image', media: { fileId: 'f1' } }, replyTo: null, file })
  outbox.settle(new Set(outbox.of('c1').map(({ clientId }) => clientId)))
  expect(gone).toEqual(['blob:cup'])
})
