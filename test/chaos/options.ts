import { parseArgs } from 'node:util'

export const TARGETS = ['api', 'dispatcher', 'worker', 'temporal', 'postgres'] as const
export type Target = (typeof TARGETS)[number]

export type Options = {
  /** How often each of the targets is killed. */
  kills: number
  seed: number
  /** Messages of customers in a second, on average. */
  ratePerSecond: number
  /** Between one kill and the next. A part that dies twice within a minute is started again later and later. */
  gapMs: { min: number; max: number }
  /** After the load: so long may pass without less being left to do. */
  drainMs: number
}

const FULL = { kills: 20, ratePerSecond: 8, gapMs: { min: 8_000, max: 18_000 }, drainMs: 180_000 }
const SHORT = { kills: 2, ratePerSecond: 5, gapMs: { min: 2_500, max: 5_500 }, drainMs: 120_000 }

export const HELP = `
  npm run chaos                    each process is killed twenty times, about half an hour
  npm run chaos -- --short         two kills of each, a few minutes
  npm run chaos -- --kills N       kills of each process
  npm run chaos -- --seed S        the same kills and messages again
  npm run chaos -- --rate R        messages in a second
  npm run chaos -- rolling         nobody is killed: every process is updated under load, see rolling --help
`

/** @throws RangeError with a sentence for the person who typed it. */
export function readOptions(argv: readonly string[], nowMs: number): Options | 'help' {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...argv],
    options: { kills: text, seed: text, rate: text, short: { type: 'boolean' }, help: { type: 'boolean' } },
  })
  if (values.help === true) return 'help'
  const base = values.short === true ? SHORT : FULL
  const whole = (name: 'kills' | 'seed' | 'rate', fallback: number, max: number): number => {
    const value = values[name] === undefined ? fallback : Number(values[name])
    if (!Number.isInteger(value) || value < 1 || value > max)
      throw new RangeError(`--${name} is a whole number from 1 to ${max}.`)
    return value
  }
  return {
    ...base,
    kills: whole('kills', base.kills, 1_000),
    seed: whole('seed', 1 + (nowMs % 1_000_000), 0xffff_ffff),
    ratePerSecond: whole('rate', base.ratePerSecond, 100),
  }
}
