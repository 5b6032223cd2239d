import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type Violation = { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }

/** In the dark other colours stand on the same page: only what is about them can differ. */
const IN_THE_DARK = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

/** What bars people from this page as it stands: the serious and critical findings of axe, in light and in dark. */
export async function barriersOf(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'))
    found.push(
      ...(await violationsOf(page, colorScheme === 'dark' ? IN_THE_DARK : { type: 'tag', values: TAGS })).map(
        (violation) => `${colorScheme}, ${new URL(page.url()).pathname}: ${violation}`,
      ),
    )
  }
  await page.emulateMedia({ colorScheme: 'light' })
  return found
}

async function violationsOf(page: Page, runOnly: object): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const violations = await page.evaluate(async (rules) => {
    const { axe } = globalThis as unknown as {
      axe: { run: (root: Document, options: object) => Promise<{ violations: Violation[] }> }
    }
    return (await axe.run(document, { runOnly: rules, resultTypes: ['violations'] })).violations
  }, runOnly)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary ?? ''}`,
    )
}
