import { flushSync } from 'svelte'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Reading } from './reading.svelte.ts'

class Tab extends EventTarget {
  visibilityState = 'visible'
  turn(state: 'visible' | 'hidden'): void {
    this.visibilityState = state
    this.dispatchEvent(new Event('visibilitychange'))
    flushSync()
  }
}
let tab: Tab
let end: () => void
let reading: Reading
const unread = (lastMessageAt: string) => ({ unreadCount: 1, lastMessageAt })

beforeEach(() => {
  tab = new Tab()
  vi.stubGlobal('document', tab)
  reading = new Reading()
  end = reading.watch()
})
afterEach(() => {
  end()
  vi.unstubAllGlobals()
})

test('a message is read once, also when the answer is that it may not be', () => {
  expect(reading.isDue(unread('10:00'))).toBe(true)
  expect(reading.isDue(unread('10:00'))).toBe(false)
  expect(reading.isDue(unread('10:01'))).toBe(true)
  expect(reading.isDue({ unreadCount: 0, lastMessageAt: '10:02' })).toBe(false)
})

test('nothing is read in a tab that nobody looks at; whoever comes back reads, and tries anew what was refused', () => {
  tab.turn('hidden')
  expect(reading.isDue(unread('10:00'))).toBe(false)
  tab.turn('visible')
  expect(reading.isDue(unread('10:00'))).toBe(true)
  tab.turn('hidden')
  tab.turn('visible')
  expect(reading.isDue(unread('10:00'))).toBe(true)
})
