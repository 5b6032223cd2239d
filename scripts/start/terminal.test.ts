import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReporter } from './terminal.ts'

/** A stream that keeps what is written, and can be waited for. */
function keptStream(isTTY: boolean) {
  let text = ''
  let wake = () => {}
  return {
    isTTY,
    columns: 80,
    write(chunk: string | Uint8Array) {
      text += String(chunk)
      wake()
      return true
    },
    all: () => text,
    async says(words: string) {
      while (!text.includes(words)) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
  }
}

/** Until a step that begins now has told its news: one that has none by then would have told the old once more. */
async function asLongAgain(): Promise<void> {
  const out = keptStream(false)
  await createReporter(out, { colours: false, silentMs: 20 }).step('Web app', async (note) => {
    note('building')
    await out.says('building')
    return 'built'
  })
}

/** A step that is at 12 %, then at 57 %, and then done; each is waited for before it goes on. */
async function shown(out: ReturnType<typeof keptStream>): Promise<string> {
  const reporter = createReporter(out, { colours: false, silentMs: 20 })
  await reporter.step('Temporal', async (note) => {
    for (const percent of [12, 57]) {
      note(`building Temporal: ${percent} %`)
      await out.says(`building Temporal: ${percent} %`)
    }
    await asLongAgain()
    return 'on 7233'
  })
  return out.all()
}

test('a step shows how far it is where no line can be redrawn: a line for each news, and one for the end', async () => {
  const lines = (await shown(keptStream(false))).split('\n')
  assert.deepEqual(
    lines.map((line) => line.replace(/ +\d+\.\d s$/, '')),
    [
      '  · Temporal      building Temporal: 12 %',
      '  · Temporal      building Temporal: 57 %',
      '  ✓ Temporal      on 7233',
      '',
    ],
  )
  for (const line of lines.slice(0, -1)) assert.match(line, / \d+\.\d s$/)
})

test('a step moves in one line of a terminal, which its end replaces', async () => {
  const text = await shown(keptStream(true))
  const [start, ...drawn] = text.split('\r\u001b[K')
  assert.equal(start, '')
  const end = drawn.pop()!
  assert.match(end, /^ {2}✓ Temporal +on 7233 +\d+\.\d s\n$/)
  assert.ok(drawn.some((line) => line.includes('12 %')) && drawn.some((line) => line.includes('57 %')))
  assert.ok(drawn.every((line) => !line.includes('\n')))
  assert.equal(new Set(drawn.map((line) => line.trim()[0])).size, Math.min(drawn.length, 10), 'the mark turns')
})

test('a step that fails says so, is not left turning, and its reason goes to who asked for it', async () => {
  for (const isTTY of [false, true]) {
    const out = keptStream(isTTY)
    const failing = createReporter(out, { colours: false }).step('Web app', () => Promise.reject(new Error('no disk')))
    await assert.rejects(failing, /no disk/)
    assert.match(out.all(), /✗ Web app +\d+\.\d s\n$/)
  }
})
