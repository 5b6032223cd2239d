import { parseArgs } from 'node:util'
import { table } from '../load/figures.ts'
import { pause } from '../load/until.ts'
import { startBalancer } from '../support/balancer.ts'
import { startCaddy } from './caddy.ts'
import { KINDS } from './kinds.ts'
import { type Outcome, settle } from './outcome.ts'
import { openScene, roll } from './scene.ts'

const HELP = `
  npm run chaos -- rolling                  five updates of all processes under load, about ten minutes
  npm run chaos -- rolling --rounds N       so many updates
  npm run chaos -- rolling --caddy PATH     behind this Caddy with the shipped configuration, over TLS 1.3
`
// As docker-compose.yml and deploy/proxy/Caddyfile have it.
const PRODUCTION = { drainSeconds: 8, keepIdleMs: 5_000 }
const BETWEEN_MS = 5_000

const sound = ({ account, ...outcome }: Outcome): boolean =>
  outcome.rested &&
  outcome.serverErrors < outcome.requests / 1_000 &&
  outcome.webhooks.failed + outcome.webhooks.waiting === 0 &&
  [outcome.miscounted, outcome.gaps, account.lost, account.duplicated, account.disordered].flat().length === 0

function report(outcome: Outcome): string {
  const { account, requests, serverErrors, broken, webhooks, miscounted, gaps, resumed, rested } = outcome
  const rows: [string, string | number][] = [
    ['requests of programs, screens and readers', requests],
    ['  of them answered with 5xx', serverErrors],
    ['  of them not answered', broken.length],
    ['messages of customers', account.posted],
    ['acknowledgements that failed; that are waited for', `${webhooks.failed}; ${webhooks.waiting}`],
    ['answered', account.answered],
    [
      'lost; doubled; out of order',
      `${account.lost.length}; ${account.duplicated.length}; ${account.disordered.length}`,
    ],
    ['flagged as possible duplicates', account.flagged],
    ['times that a reader of events went on elsewhere', resumed],
    ['at rest at the end', rested ? 'yes' : 'no'],
  ]
  const wrong = [...account.lost, ...account.duplicated, ...account.disordered, ...miscounted, ...gaps, ...broken]
  return [
    table(
      ['account', ''],
      rows.map(([what, figure]) => [what, String(figure)]),
    ),
    ...wrong.slice(0, 20),
  ].join('\n')
}

/** The long form of `test/rolling`. @returns the exit code. */
export async function runRolling(argv: readonly string[], say: (text: string) => void): Promise<number> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ args: [...argv], options: { rounds: text, caddy: text, help: { type: 'boolean' } } })
  if (values.help === true) {
    say(HELP)
    return 0
  }
  const rounds = Number(values.rounds ?? 5)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1_000)
    throw new RangeError('--rounds is a whole number from 1 to 1000.')
  const front = values.caddy === undefined ? await startBalancer(PRODUCTION) : await startCaddy(values.caddy)
  const { drainSeconds } = PRODUCTION
  const scene = await openScene(front, { drainSeconds, messagesPerSecond: 4, everyMs: 100, streams: 10, seed: 12 })
  try {
    say(`Two of each process behind ${front.url}; everybody is at work.`)
    for (let round = 1; round <= rounds; round += 1) {
      for (const kind of KINDS) {
        await pause(BETWEEN_MS)
        const ends = await roll(scene, kind)
        say(`  ${round}. ${kind}: replaced; the old ones ${[...new Set(ends)].join(', ')}`)
      }
    }
    await pause(BETWEEN_MS)
    const outcome = await settle(scene)
    say(report(outcome))
    return sound(outcome) ? 0 : 1
  } finally {
    await scene.close()
    await front.close()
  }
}
