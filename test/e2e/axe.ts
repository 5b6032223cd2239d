import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Violation = { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }

/** What bars people from this page as it stands: the serious and critical findings of axe, in light and in dark. */
export async function barriersOf(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
    found.push(
      ...(await violationsOf(page)).map((violation) => `${colorScheme}, ${new URL(page.url()).pathname}: ${violation}`),
    )
  }
  await page.emulateMedia({ colorScheme: 'light' })
  return found
}

async function violationsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const violations = await page.evaluate(async (tags) => {
    const { axe } = globalThis as unknown as {
      axe: { run: (root: Document, options: object) => Promise<{ violations: Violation[] }> }
    }
    return (await axe.run(document, { runOnly: tags, resultTypes: ['violations'] })).violations
  }, TAGS)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary ?? ''}`,
    )
}
