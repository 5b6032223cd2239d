import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { childEnv } from '#infra/env.ts'
import { StartProblem } from './problem.ts'

export type Demo = {
  channels: { tenant: string; phoneNumberId: string }[]
  demo: { role: string; email: string; password: string }[]
}

const WITHIN_MS = 120_000

/** Fills an empty house with two demo businesses, in a process of its own, and tells how to sign in. Safe at each start. */
export async function seedDemo(root: string, env: Record<string, string>, logFile: string): Promise<Demo | undefined> {
  if (!existsSync(join(root, 'infra/seed/demo.ts'))) return undefined
  const log = openSync(logFile, 'a', 0o600)
  try {
    return await new Promise<Demo>((resolve, reject) => {
      const child = spawn(process.execPath, ['scripts/seed.ts'], {
        cwd: root,
        env: childEnv(env),
        stdio: ['ignore', log, log, 'ipc'],
        timeout: WITHIN_MS,
      })
      let demo: Demo | undefined
      child.once('message', (message) => {
        demo = message as Demo
      })
      child.once('error', reject)
      child.once('exit', (code) => {
        if (demo !== undefined && code === 0) resolve(demo)
        else
          reject(
            new StartProblem(`The demo data could not be written.${tailOf(logFile)}`, [
              'To start without: npm start -- --no-demo',
            ]),
          )
      })
    })
  } finally {
    closeSync(log)
  }
}

function tailOf(file: string): string {
  const lines = readFileSync(file, 'utf8').trim().split('\n').slice(-8)
  return `\n${lines.map((line) => `    ${line.slice(0, 300)}`).join('\n')}`
}
