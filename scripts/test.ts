// `npm test`: every suite, from narrow to wide; `npm test -- stores api`, `npm test -- campaigns` for some.
// The last line is the sum, and the exit code says whether all of it passed.
import { resolve } from 'node:path'
import { startCluster, TEST_POSTGRES_URL } from '../test/support/postgres.ts'
import { startTemporal, TEST_TEMPORAL_ADDRESS } from '../test/support/temporal.ts'
import { StartProblem } from './start/problem.ts'
import { type Counts, inWords, NOTHING, sum } from './test/counts.ts'
import { type Job, runInLanes } from './test/lanes.ts'
import { createReport, type Report } from './test/report.ts'
import { runFile } from './test/run-file.ts'
import { findWebTests, runWebTests } from './test/run-web.ts'
import { chosenSuites, findSuites, type Suite } from './test/suites.ts'

/** How many files run side by side; there may be two cores. */
const LANES = 2
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

const reports: Report[] = []

function reportOf({ name, about }: Pick<Suite, 'name' | 'about'>, pieces: number): Report {
  const report = createReport({ name, about, pieces }, write)
  reports.push(report)
  return report
}

function jobsOf(suite: Suite, env: Record<string, string>): Job[] {
  const { piece } = reportOf(suite, suite.files.length)
  const { alone, timeoutMs } = suite
  const given = suite.needs === 'machine' ? {} : env
  return suite.files.map((file) => ({
    alone,
    run: () => piece(() => runFile({ root: ROOT, file, env: given, timeoutMs }, write)),
  }))
}

function webJobs(): Job[] {
  const files = words.length === 0 || words.includes('web') ? findWebTests(ROOT) : []
  if (files.length === 0) return []
  const { piece } = reportOf({ name: 'web', about: 'components and their state' }, 1)
  return [{ alone: false, run: () => piece(() => runWebTests(files, { root: ROOT, write })) }]
}

async function runAll(): Promise<Counts> {
  const suites = chosenSuites(findSuites(ROOT), words)
  const services = await startServices(suites)
  try {
    await runInLanes([...webJobs(), ...suites.flatMap((suite) => jobsOf(suite, services.env))], LANES)
  } finally {
    await services.stop()
  }
  return reports.map((report) => report.counts()).reduce(sum, NOTHING)
}

try {
  const counts = await runAll()
  const { passed, failed, skipped } = counts
  if (passed + failed + skipped === 0) write(`  No test fits ${words.join(' ')}.\n`)
  write(`\n${inWords(counts)}\n`)
  process.exit(failed > 0 || passed + skipped === 0 ? 1 : 0)
} catch (error) {
  const text =
    error instanceof StartProblem ? [error.message, ...error.wayOut].join('\n  → ') : String((error as Error).stack)
  write(`\n  ${text}\n0 passed, 1 failed, 0 skipped\n`)
  process.exit(1)
}
