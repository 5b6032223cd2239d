import { SvelteSet } from 'svelte/reactivity'

/** As many conversations as the API tags in one act. */
export const SELECTED_MAX = 100

/** Which rows of a list are chosen, and from which of them a range begins. `order` are the ids as the list shows them. */
export class Selection {
  readonly #ids = new SvelteSet<string>()
  #anchorId: string | undefined

  get size(): number {
    return this.#ids.size
  }

  has(id: string): boolean {
    return this.#ids.has(id)
  }

  /** Lets go of what the list shows no more: nobody can see that it is still chosen. */
  keep(order: readonly string[]): void {
    this.drop([...this.#ids].filter((id) => !order.includes(id)))
  }

  drop(ids: readonly string[]): void {
    for (const id of ids) this.#ids.delete(id)
    if (this.#ids.size === 0) this.#anchorId = undefined
  }

  toggle(id: string): void {
    this.#anchorId = id
    if (this.#ids.has(id)) this.#ids.delete(id)
    else this.#add([id])
  }

  /** Chooses everything from the last choice up to this row, as Shift does in every list. */
  extendTo(id: string, order: readonly string[]): void {
    if (this.#anchorId === undefined || !order.includes(this.#anchorId)) this.#anchorId = id
    const [from, to] = [order.indexOf(this.#anchorId), order.indexOf(id)]
    if (to === -1) return
    this.#add(order.slice(Math.min(from, to), Math.max(from, to) + 1))
  }

  all(order: readonly string[]): void {
    this.#add(order)
  }

  clear(): void {
    this.#ids.clear()
    this.#anchorId = undefined
  }

  #add(ids: readonly string[]): void {
    for (const id of ids) {
      if (this.#ids.size >= SELECTED_MAX) return
      this.#ids.add(id)
    }
  }
}
