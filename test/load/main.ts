import { parseArgs } from 'node:util'
import { tidyFigure } from './figures.ts'
import { lastLines, openHouse, type WholeHouse } from './house.ts'
import { PARTS, type PartName } from './parts.ts'
import { createReport } from './report.ts'
import { backlogOf, openRows } from './rows.ts'
import { sizesOf } from './sizes.ts'

const HELP = `
  npm run bench                    every figure, on the whole product, about ten minutes
  npm run bench -- --quick         small sizes: shows that everything runs, its figures mean little
  npm run bench -- --only a,b      only these parts: ${Object.keys(PARTS).join(', ')}

  JSON lines on standard output, a table at their end; what happens meanwhile on standard error.
`

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, only: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help === true) {
    process.stdout.write(HELP)
    return 0
  }
  const wanted = values.only?.split(',') ?? Object.keys(PARTS)
  const unknown = wanted.filter((name) => !(name in PARTS))
  if (unknown.length > 0) {
    process.stderr.write(`There is no part ${unknown.join(', ')}.\n${HELP}`)
    return 2
  }
  const say = (text: string) => void process.stderr.write(`${text}\n`)
  const report = createReport((text) => void process.stdout.write(`${text}\n`))
  const house = await openHouse(say)
  const stop = onSignal(house.stop)
  const began = performance.now()
  try {
    const context = { house, report, say, sizes: sizesOf(values.quick === true) }
    // What it ran on is part of every figure.
    for (const name of new Set(['persistence', ...wanted]) as Set<PartName>) {
      say(`… ${name}`)
      await PARTS[name](context)
    }
    report.finish({ quick: values.quick === true, seconds: tidyFigure((performance.now() - began) / 1_000) })
    return 0
  } catch (error) {
    say(`${error instanceof Error ? error.stack : error}\n${await whereItStands(house)}`)
    return 1
  } finally {
    stop.disarm()
    await house.stop()
  }
}

/** Where messages lie when a part did not come to its end, and what the processes said last. */
async function whereItStands(house: WholeHouse): Promise<string> {
  const rows = openRows(house.adminUrl)
  const backlog = await backlogOf(rows).then(JSON.stringify, String)
  await rows.close()
  const logs = ['api', 'dispatcher', 'worker'].map((name) => `${name}: ${lastLines(house, name)}`)
  return [`Left to do: ${backlog}`, ...logs].join('\n')
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** Ctrl-C ends what was started before it ends us. */
function onSignal(end: () => Promise<void>): { disarm: () => void } {
  const handler = () => void end().then(() => process.exit(130))
  for (const signal of SIGNALS) process.once(signal, handler)
  return {
    disarm() {
      for (const signal of SIGNALS) process.off(signal, handler)
    },
  }
}

// Children do not keep this process alive by themselves; the house that it is must stand until it is done.
const stay = setInterval(() => undefined, 60_000)
process.exitCode = await main().finally(() => clearInterval(stay))
