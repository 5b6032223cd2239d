import { HELP, readOptions } from './options.ts'
import { passed, reportOf } from './report.ts'
import { runChaos } from './run.ts'

async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'rolling') {
    return (await import('../rolling/main.ts')).runRolling(
      argv.slice(1),
      (text) => void process.stdout.write(`${text}\n`),
    )
  }
  const options = readOptions(argv, Date.now())
  if (options === 'help') {
    process.stdout.write(HELP)
    return 0
  }
  const say = (text: string) => void process.stdout.write(`${text}\n`)
  say(`Chaos with seed ${options.seed}: ${options.kills} kills of each process.`)
  let stop: () => Promise<void> = async () => undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().then(() => process.exit(130)))
  }
  const outcome = await runChaos(options, say, (end) => {
    stop = end
  })
  say(reportOf(outcome, options))
  return passed(outcome) ? 0 : 1
}

// Children do not keep this process alive by themselves; the run must stand until it is counted.
const stay = setInterval(() => undefined, 60_000)
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(
    `${error instanceof RangeError ? error.message : error instanceof Error ? error.stack : error}\n`,
  )
  process.exitCode = 2
} finally {
  clearInterval(stay)
}
