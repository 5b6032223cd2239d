import type { Ghost } from './outbox.svelte.ts'

const keyOf = (owner: string): string => `holdfast.outbox.${owner}`

/** Messages that wait, kept in this browser apart for each person in each tenant. Files cannot be kept that way. */
export const outboxStore = {
  read(owner: string): Ghost[] {
    try {
      const saved = JSON.parse(localStorage.getItem(keyOf(owner)) ?? '[]') as Ghost[]
      return saved.map((ghost) => (ghost.state === 'sending' ? { ...ghost, state: 'waiting' } : ghost))
    } catch {
      return []
    }
  },
  write(owner: string, ghosts: readonly Ghost[]): void {
    const kept = ghosts.filter((ghost) => !ghost.file)
    try {
      if (kept.length === 0) localStorage.removeItem(keyOf(owner))
      else localStorage.setItem(keyOf(owner), JSON.stringify(kept))
    } catch {
      // A full or forbidden store costs the memory of a reload, not the message on the screen.
    }
  },
}
