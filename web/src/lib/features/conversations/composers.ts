import { createContext } from 'svelte'
import { ComposerState } from './composer.svelte.ts'

const [getComposers, setComposers] = createContext<Composers>()
/** Files are held in memory, so only this many conversations keep what was put into their boxes. */
const KEPT_MAX = 20

/** What is being written in each conversation, kept while a person looks at others. */
export class Composers {
  #states = new Map<string, ComposerState>()
  #owner: string | undefined
  /** To whom what is written now belongs. */
  readonly #writer: () => string | undefined

  constructor(writer: () => string | undefined) {
    this.#writer = writer
  }

  of(conversationId: string): ComposerState {
    const state = this.#states.get(conversationId) ?? new ComposerState(conversationId, this.#writer)
    this.#states.delete(conversationId)
    for (const [id, { isIdle }] of this.#states) if (isIdle) this.#states.delete(id)
    const [oldest] = this.#states
    if (oldest && this.#states.size >= KEPT_MAX) {
      oldest[1].clear()
      this.#states.delete(oldest[0])
    }
    this.#states.set(conversationId, state)
    return state
  }

  /** Whoever comes next does not find what somebody else put into a box. */
  belongTo(owner: string | undefined): void {
    if (owner === undefined || owner === this.#owner) return
    if (this.#owner !== undefined) this.clear()
    this.#owner = owner
  }

  clear(): void {
    for (const state of this.#states.values()) state.clear()
  }
}

export { getComposers as useComposers, setComposers as provideComposers }
