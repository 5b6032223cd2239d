import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'

const WITHIN_MS = 600_000

test('two kills of each process lose nothing and duplicate nothing', { timeout: WITHIN_MS }, async (t) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--short'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  }
  // A test that is cut off ends what it started; the run then ends its own house.
  t.signal.addEventListener('abort', () => child.kill('SIGTERM'))
  const [code] = await once(child, 'close')
  assert.equal(code, 0, said)
  assert.match(said.trimEnd().split('\n').at(-1)!, /^lost 0, duplicated 0, flagged \d+$/)
})
