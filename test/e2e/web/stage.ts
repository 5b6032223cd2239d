import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { after } from 'node:test'
import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core'
import { ERRORS, type ErrorCode } from '#domain/errors.ts'
import type { Language } from '#domain/languages.ts'
import { buildWeb } from '../../../scripts/start/web-build.ts'
import { openBrowser } from '../../support/browser.ts'
import { openDesk } from '../desk.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

export type Mode = '' | 'empty' | 'fail' | 'forbid' | 'slow'
type Stage = {
  at: string
  open: (browser: Browser, mode?: Mode, options?: StageOptions) => Promise<Page>
  stop: () => void
}
export type StageOptions = BrowserContextOptions & { theme?: 'system' | 'light' | 'dark'; language?: Language }

/** A stage and a browser for the tests of one file, from the first page until after the last test. */
export function useStage({ size }: { size: number }) {
  let stage: Stage | undefined
  let browser: Browser | undefined
  let ready: Promise<void> | undefined
  const start = async () => {
    stage = await openStage({ size })
    browser = await openBrowser()
  }
  after(async () => {
    await browser?.close()
    stage?.stop()
  })
  return {
    /** Where it is, once a page is open. */
    get at() {
      return stage!.at
    },
    /** A page of somebody in front of an API that behaves in one way. */
    async open(mode: Mode = '', options: StageOptions = {}): Promise<Page> {
      ready ??= start()
      await ready
      return stage!.open(browser!, mode, options)
    },
  }
}

/** Waits until a page shows what it has, or why it has nothing. */
export const settled = (page: Page) => page.waitForFunction(() => document.querySelector('.skeleton') === null)

/** Lets the house answer, and changes what it says. A page that goes meanwhile needs no answer. */
export const retell = (page: Page, url: string | RegExp, change: (body: never) => object): Promise<unknown> =>
  page.route(url, async (route) => {
    try {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: change((await answer.json()) as never) })
    } catch (error) {
      if (!/has been closed|disposed/.test(String(error))) throw error
    }
  })

/** What the page sends when this is done. */
export async function sent(
  page: Page,
  method: string,
  act: () => Promise<unknown>,
): Promise<{ path: string; body: unknown }> {
  const [request] = await Promise.all([page.waitForRequest((one) => one.method() === method), act()])
  return { path: new URL(request.url()).pathname, body: request.postDataJSON() }
}

type Told = ErrorCode | Readonly<Record<string, unknown>>

/** Lets one path of the API answer otherwise than the stage does: with what is told, or with the problem that is named. */
export async function tell(
  page: Page,
  { path, method = 'GET' }: { path: string; method?: string },
  answer: Told | ((request: Request) => Told | Promise<Told>),
): Promise<void> {
  await page.route(
    ({ pathname }) => pathname === `/api/v1${path}`,
    async (route) => {
      if (route.request().method() !== method) return route.fallback()
      const told = typeof answer === 'function' ? await answer(route.request()) : answer
      if (typeof told !== 'string') return route.fulfill({ json: told })
      await route.fulfill({
        status: ERRORS[told].status,
        json: { code: told, status: ERRORS[told].status, errors: [] },
      })
    },
  )
}

/** Comes back to the tab after so long that nothing is taken to be fresh any more. */
export async function comeBack(page: Page): Promise<void> {
  await page.clock.setFixedTime(Date.now() + 120_000)
  await page.evaluate(() => dispatchEvent(new Event('visibilitychange')))
}

/** The built app in front of fixtures: every face of a page can be looked at, also those that a healthy house never shows. */
async function openStage({ size }: { size: number }): Promise<Stage> {
  await buildWeb(ROOT, () => {})
  const args = [join(ROOT, 'web/dev/fake-api.ts'), '--port', '0', '--size', String(size)]
  const child = spawn(process.execPath, [...args, '--handler', join(ROOT, 'build-web/handler.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const port = await new Promise<number>((done, fail) => {
    child.once('exit', (code) => fail(new Error(`The stage ended with ${code}.`)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const found = /"port":(\d+)/.exec(text)?.[1]
      if (found !== undefined) done(Number(found))
    })
  })
  const at = `http://127.0.0.1:${port}`
  return {
    at,
    async open(browser, mode = '', { theme = 'system', language = 'en', ...options } = {}) {
      const page = await openDesk(browser, { baseURL: at, ...options })
      const preferences = encodeURIComponent(JSON.stringify({ theme, locale: language }))
      const cookies = [
        { name: 'holdfast_prefs', value: preferences, url: at },
        { name: 'fake', value: mode, url: at },
      ]
      await page.context().addCookies(cookies)
      return page
    },
    stop: () => void child.kill(),
  }
}
