import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import packaged from '@sparticuz/chromium'
import { chromium } from 'playwright-core'

/* Screenshots of pages: `node web/dev/shoot.ts --at http://127.0.0.1:5173 --out shots --pages /inbox --widths 1440 --themes light --locales en`. */
const { values } = parseArgs({
  options: {
    at: { type: 'string', default: 'http://127.0.0.1:5173' },
    out: { type: 'string', default: join(tmpdir(), 'holdfast-shots') },
    pages: { type: 'string', default: '/inbox' },
    widths: { type: 'string', default: '1440' },
    themes: { type: 'string', default: 'light' },
    locales: { type: 'string', default: 'en' },
    fake: { type: 'string', default: '' },
    keys: { type: 'string', default: '' },
    wait: { type: 'string', default: '900' },
  },
})

mkdirSync(values.out, { recursive: true })
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
const browser = await chromium.launch({ executablePath: await packaged.executablePath(), args })
for (const width of values.widths.split(',').map(Number)) {
  for (const theme of values.themes.split(',')) {
    for (const locale of values.locales.split(',')) {
      const context = await browser.newContext({
        viewport: { width, height: width < 500 ? 844 : 900 },
        hasTouch: width < 500,
      })
      const prefs = encodeURIComponent(
        JSON.stringify({ theme, locale, density: 'comfortable', listWidthPx: 336, panelWidthPx: 320, panelOpen: true }),
      )
      const cookies = [{ name: 'holdfast_prefs', value: prefs, url: values.at }]
      await context.addCookies(
        values.fake ? [...cookies, { name: 'fake', value: values.fake, url: values.at }] : cookies,
      )
      const page = await context.newPage()
      page.on(
        'console',
        (message) =>
          ['error', 'warning'].includes(message.type()) &&
          process.stderr.write(`[${message.type()}] ${message.text().slice(0, 400)}\n`),
      )
      page.on('pageerror', (error) => process.stderr.write(`[pageerror] ${error.message}\n`))
      for (const path of values.pages.split(',')) {
        await page.goto(values.at + path, { waitUntil: 'load' })
        await page.waitForTimeout(Number(values.wait))
        for (const key of values.keys.split(' ').filter(Boolean)) {
          await page.keyboard.press(key)
          await page.waitForTimeout(250)
        }
        const name = `${path.replaceAll(/[^\w]+/g, '-').replace(/^-|-$/g, '') || 'root'}-${width}-${theme}-${locale}${values.fake ? `-${values.fake}` : ''}${values.keys ? '-keys' : ''}`
        await page.screenshot({ path: `${values.out}/${name}.png` })
        process.stdout.write(`${values.out}/${name}.png\n`)
      }
      await context.close()
    }
  }
}
await browser.close()
