import { join, relative, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { type Env, givenSettings, machineVariable, readEnv, SettingsError } from '#infra/env.ts'
import { resetDataDir } from './data-dir.ts'
import { createHouse, type Endpoints, type House } from './house.ts'
import { StartProblem } from './problem.ts'
import { createReporter, paint, type Reporter } from './terminal.ts'

const ROOT = resolve(import.meta.dirname, '../..')

const HELP = `
  npm start                   brings up the whole product
  npm start -- --no-demo      without the demo businesses
  npm start -- --no-web       without building the web app: for work on the server
  npm start -- --reset        empties the data folder first (asks; --yes does not)
  npm start -- --help         this

  The settings are in README.md.
`

/** What `npm start` does: everything up, told step by step, until Ctrl-C. Returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const out = process.stdout
  const colours = out.isTTY === true && machineVariable('NO_COLOR') === undefined
  const reporter = createReporter(out, { colours })
  // Children do not keep this process alive, so that tests may end; a start must stay until it is told to go.
  const stay = setInterval(() => undefined, 60_000)
  try {
    const flags = readFlags(argv)
    if (flags.help) {
      reporter.print([HELP])
      return 0
    }
    const env: Env = { ...readEnv(), ...(flags.demo ? {} : { demo: false }) }
    const dataPath = resolve(env.dataDir ?? join(ROOT, '.holdfast'))
    reporter.print(['', `  ${paint(colours).bold('Holdfast')}`, ''])
    if (flags.reset && !(await reset(dataPath, flags.yes, reporter))) return 0

    const stopped = Promise.withResolvers<void>()
    const house = createHouse({
      root: ROOT,
      dataPath,
      env,
      given: givenSettings(),
      reporter,
      withoutWebBuild: !flags.web,
    })
    onRequestToStop(house, reporter, () => stopped.resolve())
    const began = performance.now()
    const endpoints = await house.up()
    const seconds = ((performance.now() - began) / 1_000).toFixed(1)
    reporter.print(summary(endpoints, { dataPath, seconds, colours, namespace: env.temporalNamespace }))
    process.send?.({ up: true })
    await stopped.promise
    return 0
  } catch (error) {
    return fail(error, reporter, colours)
  } finally {
    clearInterval(stay)
  }
}

function readFlags(argv: readonly string[]) {
  const boolean = { type: 'boolean', default: false } as const
  const on = { type: 'boolean', default: true } as const
  try {
    const { values } = parseArgs({
      args: [...argv],
      allowNegative: true,
      options: { demo: on, web: on, reset: boolean, yes: boolean, help: boolean },
    })
    return values
  } catch (error) {
    throw new StartProblem(error instanceof Error ? error.message : String(error), [
      'npm start -- --help says what there is.',
    ])
  }
}

async function reset(dataPath: string, sure: boolean, reporter: Reporter): Promise<boolean> {
  if (!sure && process.stdin.isTTY) {
    const lines = createInterface({ input: process.stdin, output: process.stdout })
    const answer = await lines.question(`  Delete everything in ${dataPath}? Type yes: `)
    lines.close()
    if (answer.trim().toLowerCase() !== 'yes') {
      reporter.say('Nothing was deleted.')
      return false
    }
  }
  reporter.say(await resetDataDir(dataPath, reporter.say))
  return true
}

const TOGETHER_MS = 400

/** Ctrl-C, a service manager, a closed terminal, a parent that is gone: each of them ends everything in order. */
function onRequestToStop(house: House, reporter: Reporter, done: () => void): void {
  let asked = 0
  let askedAt = Number.NEGATIVE_INFINITY
  const stop = () => {
    // One Ctrl-C arrives up to three times: from the terminal, from npm, from the entry that runs us.
    if (performance.now() - askedAt < TOGETHER_MS) return
    askedAt = performance.now()
    asked += 1
    if (asked === 1) reporter.say('Stopping: what is under way ends first, PostgreSQL last. Ctrl-C again ends at once.')
    void house.stop().then(() => {
      if (asked >= 1) reporter.say('Stopped. The data are kept.')
      asked = Number.NEGATIVE_INFINITY
      done()
    })
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
  process.once('disconnect', stop)
}

type SummaryOptions = { dataPath: string; seconds: string; colours: boolean; namespace: string }

function summary(endpoints: Endpoints, { dataPath, seconds, colours, namespace }: SummaryOptions): string[] {
  const ink = paint(colours)
  const row = (what: string, where: string, why = '') =>
    `  ${what.padEnd(13)} ${ink.brand(where)}${why === '' ? '' : `  ${ink.faint(why)}`}`
  const { simulators, temporalUi, demo } = endpoints
  const folder = relative(process.cwd(), dataPath) || '.'
  const shown = folder.startsWith('..') ? dataPath : folder
  return [
    '',
    `  ${ink.bold('Holdfast is up')}, in ${seconds} s.`,
    '',
    row('App', endpoints.app),
    ...(simulators.whatsapp === null ? [] : [row('Phones', simulators.whatsapp, 'write as a customer')]),
    ...(simulators.mail === null ? [] : [row('Mail', simulators.mail, 'what the house has sent')]),
    row('API', `${endpoints.app}/api/docs`),
    ...(temporalUi === null
      ? []
      : [row('Temporal', `${temporalUi}/namespaces/${namespace}/workflows`, 'every run, step by step')]),
    ...(demo.length === 0 ? [] : ['', ...demo.map((one) => row(one.role, one.email, one.password))]),
    '',
    `  ${ink.faint(`Data and logs are in ${shown}. Ctrl-C ends everything; the data stay.`)}`,
    '',
  ]
}

function fail(error: unknown, reporter: Reporter, colours: boolean): number {
  const ink = paint(colours)
  if (error instanceof StartProblem && error.message === 'Interrupted.') return 0
  if (error instanceof StartProblem || error instanceof SettingsError) {
    const wayOut = error instanceof StartProblem ? error.wayOut : []
    reporter.print([
      '',
      `  ${ink.bad(error.message.replaceAll('\n', '\n  '))}`,
      ...wayOut.map((line) => `  → ${line}`),
      '',
    ])
    return 1
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  reporter.print(['', `  ${ink.bad('This should not have happened:')}`, stack, ''])
  return 1
}
