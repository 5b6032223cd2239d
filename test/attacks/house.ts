import assert from 'node:assert/strict'
import { totpCode, totpStep } from '#infra/auth/totp.ts'
import { type Browser, cookieOf, type House, type HouseOptions, ORIGIN, openHouse, PASSWORD } from '../api/house.ts'
import { asItIs, type Code } from '../support/without.ts'

/** The whole API: one as it is for all attacks of a file, and one on a database of its own for each that lacks a guard. */
export async function houseOf(options: HouseOptions = {}): Promise<(code: Code) => Promise<House>> {
  const whole = await openHouse(options)
  return async (code) => {
    if (code === asItIs) return whole
    return (await code<typeof import('../api/house.ts')>('test/api/house.ts')).openHouse(options)
  }
}

export const statusOf = async (answer: Promise<Response>): Promise<number> => (await answer).status

/** Names what got through: those of some tries whose answer is a success. */
export async function through(tries: Record<string, () => Promise<Response> | Response>): Promise<string[]> {
  const got: string[] = []
  for (const [name, ask] of Object.entries(tries)) {
    const { status } = await ask()
    if (status >= 200 && status < 300) got.push(name)
  }
  return got
}

/** The same browser, held by a thief: its cookies as they were at this moment. */
export const stolen = (house: House, from: Browser): Browser =>
  Object.assign(house.browser(), { cookies: new Map(from.cookies) })

export async function signIn(house: House, email: string, password = PASSWORD): Promise<Browser> {
  const browser = Object.assign(house.browser(), { email })
  await browser.json(200, 'POST', '/auth/sign-in', { email, password })
  return browser
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Scans an authenticator app's secret, and does not confirm it yet. @returns the code that it shows, some steps from now. */
export async function scannedApp(browser: Browser): Promise<(steps?: number) => string> {
  await browser.json(204, 'POST', '/auth/confirm', { password: PASSWORD })
  const { secret } = await browser.json<{ secret: string }>(200, 'POST', '/auth/second-factors/totp')
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const bytes = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  return (steps = 0) => totpCode(bytes, totpStep(Date.now()) + steps)
}

/** Switches an authenticator app on. @returns the code that it shows, some steps from now, and the recovery codes. */
export async function withApp(browser: Browser): Promise<{ code: (steps?: number) => string; recovery: string[] }> {
  const code = await scannedApp(browser)
  const path = '/auth/second-factors/totp/confirm'
  // The step before this one is still good, so the next two can be shown later. It is not, when this one has just ended.
  const first = await browser.request('POST', path, { code: code(-1) })
  const answer = first.status === 200 ? first : await browser.request('POST', path, { code: code(-1) })
  assert.equal(answer.status, 200)
  const { recoveryCodes } = (await answer.json()) as { recoveryCodes: string[] }
  return { code, recovery: recoveryCodes }
}

/** Uploads a file and fetches it again, as a browser does. */
export async function uploaded(house: House, owner: Browser, file: File): Promise<Response> {
  const body = new FormData()
  body.set('file', file)
  const headers = { origin: ORIGIN, cookie: cookieOf(owner) }
  const made = await house.app.request('/api/v1/media', { method: 'POST', headers, body })
  const { fileId } = (await made.json()) as { fileId: string }
  return owner.request('GET', `/media/${fileId}`)
}
