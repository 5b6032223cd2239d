import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { BrowserPush } from './browser-push.svelte.ts'
import { endPushesOfOthers, partFromPushes } from './push-owner.ts'

const ana = { personId: 'ana', tenantId: 't1' }
const ben = { personId: 'ben', tenantId: 't1' }
const store = new Map<string, string>()
const calls: [method: string, endpoint: string][] = []
let endpoint: string | undefined
let given = 0

const subscription = () =>
  endpoint === undefined
    ? null
    : {
        endpoint,
        options: { applicationServerKey: new Uint8Array([1, 2, 3]).buffer },
        toJSON: () => ({ endpoint, keys: { p256dh: 'p', auth: 'a' } }),
        unsubscribe: async () => {
          endpoint = undefined
          return true
        },
      }
const registration = {
  pushManager: {
    getSubscription: async () => subscription(),
    subscribe: async () => {
      given += endpoint === undefined ? 1 : 0
      endpoint ??= `https://push.example/${given}`
      return subscription()
    },
  },
}

beforeEach(() => {
  store.clear()
  calls.length = 0
  endpoint = undefined
  vi.stubGlobal('window', { PushManager: {}, Notification: {} })
  vi.stubGlobal('Notification', { permission: 'granted', requestPermission: async () => 'granted' })
  vi.stubGlobal('navigator', {
    serviceWorker: {
      getRegistration: async () => registration,
      register: async () => registration,
      ready: Promise.resolve(registration),
    },
  })
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
    removeItem: (key: string) => store.delete(key),
  })
  vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
    calls.push([String(init.method), (JSON.parse(String(init.body)) as { endpoint: string }).endpoint])
    return new Response(null, { status: 204 })
  })
})
afterEach(() => vi.unstubAllGlobals())

const stateFor = async (place: typeof ana) => {
  const push = new BrowserPush()
  await push.look(place)
  return push.state
}
const KEY = 'AQID'

test('on is only who told the house of this browser, in the tenant they told it in', async () => {
  await new BrowserPush().turnOn(KEY, ana)
  expect(await stateFor(ana)).toBe('on')
  expect(await stateFor(ben)).toBe('off')
  expect(await stateFor({ ...ana, tenantId: 't2' })).toBe('off')
})

test('the next person gets an address of their own, not the one at which somebody else is pushed to', async () => {
  await new BrowserPush().turnOn(KEY, ana)
  const first = endpoint
  await new BrowserPush().turnOn(KEY, ben)
  expect(endpoint).not.toBe(first)
  expect(await stateFor(ana)).toBe('off')
  expect(await stateFor(ben)).toBe('on')
})

test('switched off in one tenant, the address lives on for the other', async () => {
  await new BrowserPush().turnOn(KEY, ana)
  await new BrowserPush().turnOn(KEY, { ...ana, tenantId: 't2' })
  await new BrowserPush().turnOff(ana)
  expect(await stateFor(ana)).toBe('off')
  expect(await stateFor({ ...ana, tenantId: 't2' })).toBe('on')
  await new BrowserPush().turnOff({ ...ana, tenantId: 't2' })
  expect(endpoint).toBeUndefined()
})

test('whoever comes after a session that ended by itself is shown no pushes of the last person', async () => {
  await new BrowserPush().turnOn(KEY, ana)
  await endPushesOfOthers('ana')
  expect(endpoint).toBeDefined()
  await endPushesOfOthers('ben')
  expect(endpoint).toBeUndefined()
})

test('before signing out the house forgets this browser, and is told anew by whoever stays', async () => {
  await new BrowserPush().turnOn(KEY, ana)
  const stay = await partFromPushes()
  expect(calls.map(([method]) => method)).toEqual(['POST', 'DELETE'])
  await stay()
  expect(calls.map(([method]) => method)).toEqual(['POST', 'DELETE', 'POST'])
  expect(new Set(calls.map(([, told]) => told)).size).toBe(1)
  expect(await stateFor(ana)).toBe('on')
})
