import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { machineVariable } from '#infra/env.ts'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]
// No sandbox, because tests run as root in containers; nothing that would call home or wait for a graphics card.
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
]

/**
 * Without the rules of the web a page does not say where it comes from, and the API rightly refuses what it writes; and as
 * one process the whole browser ends with the first person who closes theirs.
 */
const UNFIT: ReadonlySet<string> = new Set(['--disable-web-security', '--single-process', '--no-zygote'])

/** A Chromium: the one that CHROMIUM_PATH names, else an installed one, else the one from the package. */
export async function openBrowser(): Promise<Browser> {
  const installed = installedChromium()
  if (installed !== undefined) return launch(installed, FLAGS)
  const { default: packaged } = await import('@sparticuz/chromium')
  return launch(await packaged.executablePath(), [...packaged.args.filter((flag) => !UNFIT.has(flag)), ...FLAGS])
}

/** A browser that falls over while it starts, as the packaged one sometimes does, is started again. */
function launch(executablePath: string, args: string[]): Promise<Browser> {
  const start = () =>
    chromium.launch({ executablePath, args: [...new Set(args)], headless: true, chromiumSandbox: false })
  return start().catch(start)
}

function installedChromium(): string | undefined {
  const named = machineVariable('CHROMIUM_PATH')
  if (named !== undefined) return named
  const folders = (machineVariable('PATH') ?? '').split(delimiter)
  const candidates = [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), ...PLACES]
  return candidates.find(canRun)
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
