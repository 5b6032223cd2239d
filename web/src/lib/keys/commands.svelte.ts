import { type Component, createContext, untrack } from 'svelte'
import { isMac } from './key-caps.ts'
import { matchKeys, strokeName } from './match.ts'

export type CommandGroup = 'actions' | 'go' | 'conversation' | 'preferences'
/** One definition for menu, command bar, key sheet and tooltip. */
export type Command = {
  id: string
  group: CommandGroup
  label: string
  keys?: string
  icon?: Component<{ class?: string; 'aria-hidden'?: 'true' }>
  /** Works while a person is typing in a field. */
  whileTyping?: boolean
  hidden?: boolean
  run: () => void
}

const [getCommands, setCommands] = createContext<Commands>()
const SEQUENCE_MS = 900

export class Commands {
  #sources = $state.raw<readonly (() => Command[])[]>([])
  readonly all = $derived(this.#sources.flatMap((source) => source()))
  #strokes: string[] = []
  #strokesAtMs = 0

  register(source: () => Command[]): () => void {
    // Registered from an effect, which must not follow the list that it changes.
    this.#sources = [...untrack(() => this.#sources), source]
    return () => {
      this.#sources = untrack(() => this.#sources).filter((known) => known !== source)
    }
  }

  keysOf(id: string): string | undefined {
    return this.all.find((command) => command.id === id)?.keys
  }

  handle(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.isComposing || ['Shift', 'Alt', 'Control', 'Meta'].includes(event.key)) return
    const typing = isTyping(event.target)
    const inDialog =
      event.target instanceof Element && event.target.closest('[role="dialog"], [role="menu"], [role="listbox"]')
    const candidates = this.all.filter((command) => command.keys && (command.whileTyping || (!typing && !inDialog)))
    if (event.timeStamp - this.#strokesAtMs > SEQUENCE_MS) this.#strokes = []
    this.#strokesAtMs = event.timeStamp

    const stroke = strokeName(event, isMac())
    let match = matchKeys(candidates, [...this.#strokes, stroke])
    if (match.kind === 'none' && this.#strokes.length > 0) {
      this.#strokes = []
      match = matchKeys(candidates, [stroke])
    }
    this.#strokes = match.kind === 'wait' ? [...this.#strokes, stroke] : []
    if (match.kind === 'none') return
    event.preventDefault()
    if (match.kind === 'run') match.command.run()
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** Offers commands for as long as the calling component lives. */
export function useCommands(source: () => Command[]): Commands {
  const commands = getCommands()
  $effect(() => commands.register(source))
  return commands
}

export { getCommands, setCommands as provideCommands }
