import { spawn } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childEnv } from '#infra/env.ts'
import type { Suite } from './suites.ts'

export type Counts = { passed: number; failed: number; skipped: number }

const MARK = '\u0001'

/** Runs the files of one suite in processes of their own. A runner that dies counts as one failure, never as none. */
export async function runSuite(
  suite: Suite,
  options: { root: string; env: Record<string, string>; write: (text: string) => void },
): Promise<Counts> {
  const reporter = join(import.meta.dirname, 'reporter.mjs')
  const args = [
    ...['--test', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout'],
    ...[`--test-concurrency=${suite.concurrency}`, `--test-timeout=${suite.timeoutMs}`],
    ...suite.files,
  ]
  let counts: Counts | undefined
  const code = await runLines(process.execPath, args, options.root, options.env, (line) => {
    if (line.startsWith(MARK)) counts = JSON.parse(line.slice(1)) as Counts
    else options.write(`${line}\n`)
  })
  if (counts === undefined) {
    options.write(`    ✗ the runner of ${suite.name} ended with code ${code} before it had counted\n`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: counts.failed + 1 }
}

function runLines(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  onLine: (line: string) => void,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { cwd, env: childEnv(env), stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) onLine(line)
      })
      stream.once('end', () => rest !== '' && onLine(rest))
    }
    child.once('error', reject)
    child.once('close', resolve)
  })
}

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
  options: { root: string; write: (text: string) => void },
): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-web-'))
  const outputFile = join(folder, 'report.json')
  const vitest = join(options.root, 'node_modules/vitest/vitest.mjs')
  const said: string[] = []
  try {
    const args = [vitest, 'run', '--reporter=json', `--outputFile=${outputFile}`, ...files]
    const web = join(options.root, 'web')
    const note = (line: string) => void said.push(line)
    // Kit's generated types, which `npm ci` takes away and the compiler of the tests asks for.
    await runLines(
      process.execPath,
      [join(options.root, 'node_modules/@sveltejs/kit/svelte-kit.js'), 'sync'],
      web,
      {},
      note,
    )
    const code = await runLines(process.execPath, args, web, {}, note)
    const report = JSON.parse(readFileSync(outputFile, 'utf8')) as VitestReport
    writeFailures(report, options.write)
    const { numPassedTests: passed, numFailedTests, numPendingTests: skipped } = report
    return { passed, failed: code === 0 ? numFailedTests : Math.max(1, numFailedTests), skipped }
  } catch {
    options.write(`${said.slice(-30).join('\n')}\n    ✗ vitest did not report\n`)
    return { passed: 0, failed: 1, skipped: 0 }
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
