import { globSync } from 'node:fs'

export type Needs = 'nothing' | 'postgres' | 'postgres and temporal' | 'machine'

export type Suite = {
  name: string
  /** What it is about, for the line that says it runs. */
  about: string
  files: readonly string[]
  needs: Needs
  /** Each of its files has the machine to itself. */
  alone: boolean
  /** How long one test may take. */
  timeoutMs: number
}

const UNIT = ['domain', 'infra', 'workflows', 'activities', 'api', 'worker', 'temporal', 'simulators', 'scripts']
const SECOND = 1_000
const MINUTE = 60 * SECOND

type Row = Omit<Suite, 'files'> & { patterns: readonly string[] }

const row = (
  [name, about]: [string, string],
  patterns: string | readonly string[],
  needs: Needs,
  timeoutMs: number,
): Row => ({ name, about, patterns: [patterns].flat(), needs, timeoutMs, alone: false })

/**
 * In this order: what is quick and narrow first, so that a fault is seen early and where it is; last what wants the
 * machine to itself, because it kills processes, skips time or holds a server to its word.
 */
const ROWS: readonly Row[] = [
  row(
    ['unit', 'rules and modules by themselves'],
    UNIT.map((room) => `${room}/**/*.test.ts`),
    'nothing',
    30 * SECOND,
  ),
  row(['tidy', 'the house keeps its own rules'], ['test/*.test.ts', 'test/deploy/**/*.test.ts'], 'nothing', MINUTE),
  row(['goldens', 'whole sessions of flows, byte by byte'], 'test/flows/**/*.test.ts', 'nothing', MINUTE),
  row(['replay', 'recorded histories on this code'], 'test/replay/**/*.test.ts', 'nothing', 2 * MINUTE),
  row(
    ['providers', 'adapters against recorded and hostile answers'],
    'test/providers/**/*.test.ts',
    'postgres',
    MINUTE,
  ),
  row(['simulators', 'stand-ins against the documents'], 'test/simulators/**/*.test.ts', 'nothing', MINUTE),
  row(['stores', 'verbs on a real PostgreSQL'], 'test/stores/**/*.test.ts', 'postgres', 2 * MINUTE),
  row(['api', 'routes, permissions, the contract'], 'test/api/**/*.test.ts', 'postgres', MINUTE),
  row(['temporal', 'what passes through Temporal'], 'test/temporal/**/*.test.ts', 'postgres and temporal', 2 * MINUTE),
  row(
    ['attacks', 'what must not get through, with each guard and without it'],
    'test/attacks/**/*.test.ts',
    'postgres and temporal',
    2 * MINUTE,
  ),
  row(
    ['engine', 'what happens to a message, with everything running'],
    'test/engine/**/*.test.ts',
    'postgres and temporal',
    2 * MINUTE,
  ),
  row(['pages', 'a browser on every face of every page'], 'test/e2e/web/**/*.test.ts', 'machine', 5 * MINUTE),
  // Whatever lies in a folder that nobody named must not be silently left out. Benchmarks are no tests.
  row(['rest', 'tests in folders of their own'], 'test/**/*.test.ts', 'postgres and temporal', 2 * MINUTE),
]
const ALONE: readonly Row[] = [
  row(['workflows', 'workflows in skipped time'], 'test/workflows/**/*.test.ts', 'postgres and temporal', 2 * MINUTE),
  row(['start', 'bringing up, crashes, clearing up'], 'test/start/**/*.test.ts', 'machine', 3 * MINUTE),
  row(
    ['rolling', 'several of each process, replaced under load'],
    'test/rolling/**/*.test.ts',
    'postgres and temporal',
    5 * MINUTE,
  ),
  row(['e2e', 'a browser on the whole product'], 'test/e2e/*.test.ts', 'machine', 5 * MINUTE),
  row(['chaos', 'the same while parts are killed'], 'test/chaos/**/*.test.ts', 'machine', 10 * MINUTE),
].map((one) => ({ ...one, alone: true }))
const NO_TESTS = /^test\/load\//
/** These take longest: each begins first in its suite, so that nothing waits for it at the end. */
const LONG = /\/(frozen-worker|burst|erasure|webhooks|crash|framing|access-matrix|routes|faces)\.test\.ts$/

/** Every suite that has files, with each file in exactly one of them. */
export function findSuites(root: string): Suite[] {
  const seen = new Set<string>()
  const take = ({ patterns, ...suite }: Row): Suite => {
    const found = globSync([...patterns], { cwd: root, exclude: ['**/node_modules/**'] })
    const files = found
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => !seen.has(file) && !NO_TESTS.test(file))
    for (const file of files) seen.add(file)
    const [long, others] = [files.filter((file) => LONG.test(file)), files.filter((file) => !LONG.test(file))]
    return { ...suite, files: [...long.sort(), ...others.sort()] }
  }
  // What is named for the end is left to it by the row that takes the rest.
  const alone = ALONE.map(take)
  return [...ROWS.map(take), ...alone].filter((suite) => suite.files.length > 0)
}

/** The suites, or the files, that somebody asked for: `stores api`, `test/api/campaigns.test.ts`, `campaigns`. */
export function chosenSuites(suites: readonly Suite[], words: readonly string[]): Suite[] {
  if (words.length === 0) return [...suites]
  const named = new Set(suites.map((suite) => suite.name))
  const parts = words.filter((word) => !named.has(word))
  return suites
    .map((suite) => {
      if (words.includes(suite.name)) return suite
      return { ...suite, files: suite.files.filter((file) => parts.some((part) => file.includes(part))) }
    })
    .filter((suite) => suite.files.length > 0)
}
