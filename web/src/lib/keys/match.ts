/** What of a keyboard event decides which key was meant. */
export type Stroke = Pick<KeyboardEvent, 'key' | 'code' | 'metaKey' | 'ctrlKey' | 'altKey' | 'shiftKey'>

/** The Latin letter under a key whose layout has none (Arabic, Hebrew, Russian), or behind Alt on a Mac. */
function latin(stroke: Stroke): string {
  const { key, code, altKey } = stroke
  if (key.length === 1 && /[!-~]/.test(key) && !altKey) return key.toLowerCase()
  if (/^Key[A-Z]$/.test(code)) return code.slice(3).toLowerCase()
  if (/^Digit\d$/.test(code)) return code.slice(5)
  return key.length === 1 ? key.toLowerCase() : key
}

/** Writes a stroke the way commands name their keys: `Mod+k`, `Alt+j`, `?`, `Escape`. */
export function strokeName(stroke: Stroke, mac: boolean): string {
  const name = latin(stroke)
  const parts: string[] = []
  if (mac ? stroke.metaKey : stroke.ctrlKey) parts.push('Mod')
  if (mac && stroke.ctrlKey) parts.push('Ctrl')
  if (stroke.altKey) parts.push('Alt')
  // `?` already says Shift; letters and named keys need it said.
  if (stroke.shiftKey && (name.length > 1 || /[a-z]/.test(name))) parts.push('Shift')
  return [...parts, name === ' ' ? 'Space' : name].join('+')
}

export type Match<T> = { kind: 'run'; command: T } | { kind: 'wait' } | { kind: 'none' }

/** Finds the command for the strokes made so far; `wait` when they begin a longer sequence such as `g i`. */
export function matchKeys<T extends { keys?: string | undefined }>(
  commands: readonly T[],
  strokes: readonly string[],
): Match<T> {
  const typed = strokes.join(' ')
  // The youngest registration wins: an open page may take a key over from the shell.
  const command = commands.findLast((candidate) => candidate.keys === typed)
  if (command) return { kind: 'run', command }
  return commands.some((candidate) => candidate.keys?.startsWith(`${typed} `)) ? { kind: 'wait' } : { kind: 'none' }
}
