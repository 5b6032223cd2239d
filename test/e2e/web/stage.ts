import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Language } from '#domain/languages.ts'
import { buildWeb } from '../../../scripts/start/web-build.ts'
import { openDesk } from '../desk.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

export type Mode = '' | 'empty' | 'fail' | 'forbid' | 'slow'
export type Stage = {
  at: string
  /** A page of somebody in front of an API that behaves in one way. */
  open: (browser: Browser, mode?: Mode, options?: StageOptions) => Promise<Page>
  stop: () => void
}
type StageOptions = BrowserContextOptions & { theme?: 'system' | 'light' | 'dark'; language?: Language }

/** The built app in front of fixtures: every face of a page can be looked at, also those that a healthy house never shows. */
export async function openStage({ size }: { size: number }): Promise<Stage> {
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
