import { spawn } from 'node:child_process'
import { childEnv } from '#infra/env.ts'

export type Spoken = { code: number | null; output: string }

/** Runs a script to its end. @returns how it ended, and all that it said on either stream. */
export function spawnNode(args: readonly string[], cwd: string): Promise<Spoken> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], { cwd, env: childEnv(), stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    }
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}
