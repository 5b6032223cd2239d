import { relative } from 'node:path'
import { run } from 'node:test'
import { childEnv } from '#infra/env.ts'
import { type Counts, NOTHING } from './counts.ts'

export type FileRun = { root: string; file: string; env: Record<string, string>; timeoutMs: number }

const SAID_LINES = 40

/**
 * Runs one file in a process of its own. Tells each failure in full and, where there was one, what the file said
 * meanwhile; nothing about what passed. A process that dies counts as one failure, never as none.
 */
export async function runFile({ root, file, env, timeoutMs }: FileRun, write: (text: string) => void): Promise<Counts> {
  let counts = NOTHING
  let said = ''
  const tests = run({ cwd: root, files: [file], env: childEnv(env), execArgv: [`--test-timeout=${timeoutMs}`] })
  for await (const { type, data } of tests) {
    if (type === 'test:stderr' || type === 'test:stdout') said += data.message
    // What breaks when no test is under way is told in passing only.
    else if (type === 'test:diagnostic' && /^(Warning|Error)/.test(data.message)) said += `${data.message}\n`
    else if (type === 'test:fail' && isOwnFailure(data)) write(failure(root, data))
    else if (type === 'test:summary' && data.file === undefined) {
      const { passed, failed, cancelled, skipped, todo } = data.counts
      counts = { passed, failed: failed + cancelled, skipped: skipped + todo }
    }
  }
  const lines = said.trim().split('\n').slice(-SAID_LINES)
  if (counts.failed > 0 && lines.join('') !== '') write(`    ${file} said\n      ${lines.join('\n      ')}\n`)
  return counts
}

type Failure = { name: string; file?: string; line?: number; todo?: string | boolean; details: { error: Error } }

/** A test whose parts failed has told of them already. */
const isOwnFailure = ({ details, todo }: Failure): boolean =>
  todo === undefined && (details.error as { failureType?: string }).failureType !== 'subtestsFailed'

function failure(root: string, { name, file, line, details }: Failure): string {
  const error = details.error.cause ?? details.error
  const where = file === undefined ? '' : `${relative(root, file)}:${line ?? 1}`
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const lines = text.split('\n').filter((part) => !/node:(internal|async_hooks)/.test(part))
  return `    ✗ ${name}  ${where}\n      ${lines.slice(0, 60).join('\n      ')}\n`
}
