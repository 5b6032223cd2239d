import { isAlive, processIdentity, signalProcess } from '../../scripts/start/process-table.ts'
import type { WholeHouse } from '../load/house.ts'
import type { Random } from '../load/random.ts'
import { pause, until } from '../load/until.ts'
import { type Options, TARGETS, type Target } from './options.ts'

export type Kill = { target: Target; pid: number; atMs: number /** Listed as up again. */; upMs?: number }
export type PlannedKill = { targets: Target[]; gapMs: number }

/** Every fifth time, two die together. */
const PAIR_SHARE = 0.2
const UP_WITHIN_MS = 180_000

/** Which process dies when: each as often as wished, in an order that only the seed decides. */
export function planKills(random: Random, { kills, gapMs }: Pick<Options, 'kills' | 'gapMs'>): PlannedKill[] {
  const plan: PlannedKill[] = []
  for (let round = 0; round < kills; round += 1) {
    const order = random.shuffled(TARGETS)
    while (order.length > 0) {
      const count = order.length > 1 && random.next() < PAIR_SHARE ? 2 : 1
      plan.push({ targets: order.splice(0, count), gapMs: random.between(gapMs.min, gapMs.max) })
    }
  }
  return plan
}

/** Carries the plan out. A process that is not up again yet is waited for, so that every kill ends a living one. */
export async function killAll(
  house: WholeHouse,
  plan: readonly PlannedKill[],
  say: (text: string) => void,
): Promise<Kill[]> {
  const kills: Kill[] = []
  const watching: Promise<void>[] = []
  const lastPid = new Map<Target, number>()
  for (const { targets, gapMs } of plan) {
    await pause(gapMs)
    const ready = await Promise.all(targets.map((target) => livePid(house, target, lastPid.get(target))))
    for (const [index, target] of targets.entries()) {
      const pid = ready[index]
      if (pid === undefined) throw new Error(`${target} did not come up again within ${UP_WITHIN_MS / 1_000} s`)
      const kill: Kill = { target, pid, atMs: Date.now() }
      signalProcess(pid, 'SIGKILL')
      kills.push(kill)
      lastPid.set(target, pid)
      watching.push(noteUp(house, kill))
    }
    say(`  ${String(kills.length).padStart(3)}. killed ${targets.join(' and ')}`)
  }
  await Promise.all(watching)
  return kills
}

const pidOf = (house: WholeHouse, target: Target): number | undefined =>
  house.endpoints().processes.find(({ name }) => name === target)?.pid

/** A pid of the house's own list, of a process that runs and is not the one killed before. */
function livePid(house: WholeHouse, target: Target, previous: number | undefined): Promise<number | undefined> {
  return until(
    async () => {
      const pid = pidOf(house, target)
      const isNew = pid !== undefined && pid !== previous && isAlive(pid, processIdentity(pid))
      return isNew ? pid : undefined
    },
    { withinMs: UP_WITHIN_MS, everyMs: 50 },
  )
}

async function noteUp(house: WholeHouse, kill: Kill): Promise<void> {
  const pid = await livePid(house, kill.target, kill.pid)
  if (pid !== undefined) kill.upMs = Date.now()
}
