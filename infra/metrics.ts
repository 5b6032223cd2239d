/** The few figures that a process keeps about itself. Labels are words of the house, never ids or names. */
type Labels = Record<string, string>

class Counter {
  readonly #counts = new Map<string, number>()

  inc(labels: Labels = {}, by = 1): void {
    const key = JSON.stringify(labels)
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by)
  }

  read(): { labels: Labels; count: number }[] {
    return [...this.#counts].map(([key, count]) => ({ labels: JSON.parse(key) as Labels, count }))
  }
}

const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const

class Histogram {
  readonly #buckets = new Array<number>(BOUNDS.length + 1).fill(0)
  #sum = 0
  #count = 0

  observe(seconds: number): void {
    const index = BOUNDS.findIndex((bound) => seconds <= bound)
    const slot = index === -1 ? BOUNDS.length : index
    this.#buckets[slot] = this.#buckets[slot]! + 1
    this.#sum += seconds
    this.#count += 1
  }

  read(): { count: number; sum: number; buckets: { le: number | '+Inf'; count: number }[] } {
    let running = 0
    const buckets = this.#buckets.map((count, index) => {
      running += count
      return { le: BOUNDS[index] ?? ('+Inf' as const), count: running }
    })
    return { count: this.#count, sum: this.#sum, buckets }
  }
}

export const metrics = {
  acknowledged: new Counter(),
  intake: new Counter(),
  rings: new Counter(),
  turns: new Counter(),
  sends: new Counter(),
  sendSeconds: new Histogram(),
  turnSeconds: new Histogram(),
  sweeps: new Counter(),
}
