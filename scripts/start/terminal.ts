import type { Note } from './temporal-binary.ts'

/** Who tells a person what happens. */
export type Reporter = {
  /** Runs one step and shows it: what it is called, how far it is, what came of it, how long it took. */
  step: (title: string, work: (note: Note) => Promise<string>) => Promise<void>
  /** One line on what happened outside any step. */
  say: (text: string) => void
  /** Several lines as they are. */
  print: (lines: readonly string[]) => void
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const TITLE_WIDTH = 13
const RESULT_WIDTH = 46
/** How long a step stays silent where no line can be redrawn. */
const SILENT_MS = 10_000

/** Colour says nothing that a word does not say too: it may be off, and often is. */
export function paint(colours: boolean) {
  const dye = (code: string) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text)
  return { bold: dye('1'), faint: dye('2'), brand: dye('36'), good: dye('32'), warn: dye('33'), bad: dye('31') }
}

export function createReporter(
  out: Stream,
  { colours, silentMs = SILENT_MS }: { colours: boolean; silentMs?: number },
): Reporter {
  const ink = paint(colours)
  const live = out.isTTY === true
  const row = (mark: string, title: string, text: string, elapsed: string) =>
    `  ${mark} ${title.padEnd(TITLE_WIDTH)} ${text.padEnd(RESULT_WIDTH)} ${ink.faint(elapsed.padStart(7))}`

  async function step(title: string, work: (note: Note) => Promise<string>): Promise<void> {
    const began = performance.now()
    const elapsed = () => `${((performance.now() - began) / 1_000).toFixed(1)} s`
    let text = ''
    let frame = 0
    let told = ''
    let toldAt = began
    const draw = () => {
      frame = (frame + 1) % FRAMES.length
      const room = Math.max(20, (out.columns || 80) - TITLE_WIDTH - 16)
      out.write(`\r\u001b[K${row(ink.brand(FRAMES[frame]!), title, text.slice(0, room), elapsed())}`)
    }
    // Where nobody can redraw a line, a long step still shows that it moves.
    const tell = () => {
      if (text === told || performance.now() - toldAt < silentMs) return
      told = text
      toldAt = performance.now()
      out.write(`${row('·', title, text, elapsed())}\n`)
    }
    const timer = setInterval(live ? draw : tell, live ? 80 : silentMs / 10)
    const finish = (line: string) => {
      clearInterval(timer)
      out.write(`${live ? '\r\u001b[K' : ''}${line}\n`)
    }
    try {
      const result = await work((note) => {
        text = note
      })
      finish(row(ink.good('✓'), title, result, elapsed()))
    } catch (error) {
      finish(row(ink.bad('✗'), title, '', elapsed()))
      throw error
    }
  }

  return {
    step,
    say: (text) => void out.write(`  ${ink.faint(new Date().toLocaleTimeString('en-GB'))} ${text}\n`),
    print: (lines) => void out.write(`${lines.join('\n')}\n`),
  }
}
