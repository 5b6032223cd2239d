import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { dirname } from 'node:path'
import { childEnv } from '#infra/env.ts'
import { StartProblem } from './problem.ts'
import { isAlive, processIdentity, signalProcess, until } from './process-table.ts'
import type { Warden } from './warden.ts'

/** One process of the house: how it is started, how one sees that it is up, how it is ended. */
export type Part = {
  /** What tools call it. */
  name: string
  /** What people call it. */
  title: string
  /** The order of the end: first ours (1), then Temporal (2), then PostgreSQL (3). */
  stage: 1 | 2 | 3
  command: Command
  logFile: string
  /** Asked again and again until it says yes. Not given: the process says `ready` itself, by a message to its parent. */
  ready?: () => Promise<boolean>
  /** One of our own processes, which notices when its parent is gone. */
  talks?: boolean
  readyWithinMs: number
  stopSignal: NodeJS.Signals
  /** What ends it when it does not end by itself within the grace; SIGKILL comes after that. */
  lastSignal?: NodeJS.Signals
  graceMs: number
  /** Leaves the processors to whom a provider or a person waits for, where there are too few for all. */
  yields?: boolean
  /** Runs before each start, also before a restart: mends what a crash left behind. */
  mend?: () => Promise<void>
}

/** How far behind, in the scale of `nice`: about a third of the time that the others get while all want it. */
const YIELDING = 5

export type Command = {
  file: string
  args: readonly string[]
  env?: Record<string, string>
  cwd?: string
  uid?: number
  gid?: number
}

export type Running = {
  pid: number
  /** Resolves when the process is gone, with how it went. */
  exited: Promise<string>
  stop: () => Promise<void>
}

/** Starts a part and waits until it is up. Fails with the end of its log when it goes before that. */
export async function startPart(part: Part, warden: Warden, interrupt?: AbortSignal): Promise<Running> {
  await part.mend?.()
  rotate(part.logFile)
  const { child, messaged } = launch(part)
  const pid = child.pid
  if (pid === undefined) throw await launchFailure(part, child)

  const identity = processIdentity(pid)
  warden.watch({ pid, identity, signal: part.stopSignal, lastSignal: part.lastSignal ?? 'SIGKILL', stage: part.stage })
  let gone = false
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      gone = true
      warden.forget(pid)
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`)
    })
  })
  const stop = () => stopProcess(part, pid, identity, exited)

  const isUp = part.ready ?? (async () => messaged())
  const up = await until(async () => gone || (await isUp()), part.readyWithinMs, 50, interrupt)
  if (gone)
    throw new StartProblem(`${part.title} ${await exited} while it was starting.${tail(part.logFile)}`, seeLog(part))
  if (!up) {
    await stop()
    interrupt?.throwIfAborted()
    const waited = Math.round(part.readyWithinMs / 1_000)
    throw new StartProblem(`${part.title} was not up after ${waited} seconds.${tail(part.logFile)}`, seeLog(part))
  }
  return { pid, exited, stop }
}

/** What it starts from here on, threads as well, has the same. Where that is not possible, all compete alike. */
function stepBack(pid: number): void {
  try {
    setPriority(pid, YIELDING)
    // Linux weighs sessions against each other before it looks at processes, and each part is a session of its own.
    if (process.platform === 'linux') writeFileSync(`/proc/${pid}/autogroup`, `${YIELDING}`)
  } catch {
    return
  }
}

function launch(part: Part): { child: ChildProcess; messaged: () => boolean } {
  mkdirSync(dirname(part.logFile), { recursive: true })
  const log = openSync(part.logFile, 'a', 0o600)
  const { file, args, env, cwd, uid, gid } = part.command
  let heard = false
  try {
    const child = spawn(file, [...args], {
      env: childEnv(env),
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
      // A group of its own: Ctrl-C in the terminal must not reach it before the supervisor decides the order.
      detached: true,
      stdio: part.talks === true ? ['ignore', log, log, 'ipc'] : ['ignore', log, log],
    })
    if (part.yields === true && child.pid !== undefined) stepBack(child.pid)
    child.on('message', (message) => {
      heard ||= message === 'ready'
    })
    child.on('error', () => undefined) // Seen by launchFailure; later errors of kill() are of no interest.
    child.unref()
    child.channel?.unref()
    return { child, messaged: () => heard }
  } finally {
    closeSync(log)
  }
}

function launchFailure(part: Part, child: ChildProcess): Promise<StartProblem> {
  return new Promise((resolve) => {
    child.once('error', (error) =>
      resolve(new StartProblem(`${part.title} could not be run: ${error.message}`, [], error)),
    )
  })
}

async function stopProcess(part: Part, pid: number, identity: string, exited: Promise<string>): Promise<void> {
  const steps: { signal: NodeJS.Signals; waitMs: number }[] = [
    { signal: part.stopSignal, waitMs: part.graceMs },
    { signal: part.lastSignal ?? 'SIGKILL', waitMs: 3_000 },
    { signal: 'SIGKILL', waitMs: 3_000 },
  ]
  for (const step of steps) {
    if (!isAlive(pid, identity)) break
    signalProcess(pid, step.signal)
    if (step.signal === 'SIGKILL') signalProcess(-pid, 'SIGKILL') // and what it started itself
    if (await until(() => !isAlive(pid, identity), step.waitMs)) break
  }
  await Promise.race([exited, until(() => false, 1_000)])
}

const rotated = new Set<string>()

/** One log of the last run is kept beside the present one; a restart goes on in the same file. */
function rotate(logFile: string): void {
  if (!rotated.has(logFile) && existsSync(logFile)) renameSync(logFile, `${logFile}.before`)
  rotated.add(logFile)
}

function tail(logFile: string): string {
  const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-8) : []
  return lines.join('').trim() === '' ? '' : `\n${lines.map((line) => `    ${line.slice(0, 300)}`).join('\n')}`
}

const seeLog = (part: Part): string[] => [`Its log is in ${part.logFile}`]
