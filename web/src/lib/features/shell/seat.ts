const KEY = 'holdfast.seat'
const NOBODY = '-'

/** The name under which this browser keeps what belongs to one person in one tenant. */
export const seatOf = (tenantId: string, personId: string): string => `${tenantId}.${personId}`

/**
 * Who works in this browser, in which tenant, over all its tabs: they share one session, so what waits in one tab must
 * not leave in the name of whoever signed in in another. A browser that keeps nothing objects to nothing.
 */
export const seat = {
  take: (owner: string): void => keep(owner),
  /** Until it is known who comes next, nothing leaves. */
  leave: (): void => keep(NOBODY),
  isOf(owner: string): boolean {
    try {
      return [owner, null].includes(localStorage.getItem(KEY))
    } catch {
      return true
    }
  },
  /** Call inside `$effect`: tells who sits here now when another tab says so. The returned function stops that. */
  watch(onchange: (owner: string) => void): () => void {
    const changed = ({ key, newValue }: StorageEvent) => {
      if (key === KEY && newValue !== null && newValue !== NOBODY) onchange(newValue)
    }
    window.addEventListener('storage', changed)
    return () => window.removeEventListener('storage', changed)
  },
}

function keep(who: string): void {
  try {
    localStorage.setItem(KEY, who)
  } catch {
    // A full or forbidden store must not stop a person from writing.
  }
}
