// `npm test`: every suite, from narrow to wide; `npm test -- stores api`, `npm test -- campaigns` for some.
// The last line is the sum, and the exit code says whether all of it passed.
import { resolve } from 'node:path'
import { startCluster, TEST_POSTGRES_URL } from '../test/support/postgres.ts'
import { startTemporal, TEST_TEMPORAL_ADDRESS } from '../test/support/temporal.ts'
import { StartProblem } from './start/problem.ts'
import { type Counts, findWebTests, runSuite, runWebTests } from './test/run-suite.ts'
import { chosenSuites, findSuites, type Suite } from './test/suites.ts'

const ROOT = resolve(import.meta.dirname, '..')
const write = (text: string) => void process.stdout.write(text)
const words = process.argv.slice(2).filter((word) => !word.startsWith('-'))

type Services = { env: Record<string, string>; stop: () => Promise<void> }

/** What the chosen suites share: one cluster, one Temporal, for the whole run. */
async function startServices(suites: readonly Suite[]): Promise<Services> {
  const env: Record<string, string> = {}
  const stops: (() => Promise<void>)[] = []
  if (suites.some(({ needs }) => needs.startsWith('postgres'))) {
    const cluster = await startCluster()
    env[TEST_POSTGRES_URL] = cluster.adminUrl('postgres')
    stops.push(cluster.stop)
  }
  if (suites.some(({ needs }) => needs.includes('temporal'))) {
    const server = await startTemporal({ note: (text) => write(`    ${text}\n`) })
    env[TEST_TEMPORAL_ADDRESS] = server.address
    stops.push(server.stop)
  }
  return { env, stop: async () => void (await Promise.all(stops.map((stop) => stop()))) }
}

async function timed(name: string, about: string, run: () => Promise<Counts>): Promise<Counts> {
  const began = performance.now()
  write(`  ${name.padEnd(11)} ${about}\n`)
  const counts = await run()
  const mark = counts.failed === 0 ? '✓' : '✗'
  const seconds = ((performance.now() - began) / 1_000).toFixed(1)
  write(`  ${mark} ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s\n\n`)
  return counts
}

async function runAll(): Promise<Counts> {
  const suites = chosenSuites(findSuites(ROOT), words)
  const webTests = words.length === 0 || words.includes('web') ? findWebTests(ROOT) : []
  const services = await startServices(suites)
  const results: Counts[] = []
  try {
    if (webTests.length > 0) {
      results.push(await timed('web', 'components and their state', () => runWebTests(webTests, { root: ROOT, write })))
    }
    for (const suite of suites) {
      const env = suite.needs === 'machine' ? {} : services.env
      results.push(await timed(suite.name, suite.about, () => runSuite(suite, { root: ROOT, env, write })))
    }
  } finally {
    await services.stop()
  }
  const sum = (key: keyof Counts) => results.reduce((total, counts) => total + counts[key], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') }
}

try {
  const { passed, failed, skipped } = await runAll()
  if (passed + failed + skipped === 0) write(`  No test fits ${words.join(' ')}.\n`)
  write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  process.exit(failed > 0 || passed + skipped === 0 ? 1 : 0)
} catch (error) {
  const text =
    error instanceof StartProblem ? [error.message, ...error.wayOut].join('\n  → ') : String((error as Error).stack)
  write(`\n  ${text}\n0 passed, 1 failed, 0 skipped\n`)
  process.exit(1)
}
