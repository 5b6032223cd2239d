import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnNode } from '../spawn-node.ts'
import { type Counts, NOTHING } from './counts.ts'

const SAID_LINES = 30

/** The tests of the web app that need Svelte's compiler, hence another runner. */
export function findWebTests(root: string): string[] {
  const files = globSync('src/**/*.{test,spec}.ts', { cwd: join(root, 'web'), exclude: ['**/node_modules/**'] })
  return files.filter((file) => /from 'vitest'/.test(readFileSync(join(root, 'web', file), 'utf8'))).sort()
}

type VitestReport = {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  testResults: {
    name: string
    message?: string
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[]
  }[]
}

export async function runWebTests(
  files: readonly string[],
  { root, write }: { root: string; write: (text: string) => void },
): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-web-'))
  const outputFile = join(folder, 'report.json')
  const web = join(root, 'web')
  // Kit's generated types, which `npm ci` takes away and the compiler of the tests asks for.
  const synced = await spawnNode([join(root, 'node_modules/@sveltejs/kit/svelte-kit.js'), 'sync'], web)
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const { code, output } = await spawnNode(
    [vitest, 'run', '--reporter=json', `--outputFile=${outputFile}`, ...files],
    web,
  )
  try {
    const report = JSON.parse(readFileSync(outputFile, 'utf8')) as VitestReport
    writeFailures(report, write)
    const { numPassedTests: passed, numFailedTests, numPendingTests: skipped } = report
    return { passed, failed: code === 0 ? numFailedTests : Math.max(1, numFailedTests), skipped }
  } catch {
    const lines = `${synced.output}${output}`.trim().split('\n').slice(-SAID_LINES)
    write(`    ✗ vitest did not report\n      ${lines.join('\n      ')}\n`)
    return { ...NOTHING, failed: 1 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function writeFailures(report: VitestReport, write: (text: string) => void): void {
  for (const { name, message, assertionResults } of report.testResults) {
    const failed = assertionResults.filter((one) => one.status === 'failed')
    if (failed.length === 0 && message) write(`    ✗ ${name}\n      ${message}\n`)
    for (const { fullName, failureMessages } of failed) {
      write(`    ✗ ${fullName}  ${name}\n      ${failureMessages.join('\n').replaceAll('\n', '\n      ')}\n`)
    }
  }
}
