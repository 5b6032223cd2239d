/**
 * What the simulator believes the time is. Only links, pauses, debts and windows are judged by it;
 * timestamps that leave in webhooks stay real, because the product lives in real time.
 */
export class SimClock {
  #offsetMs = 0

  now(): number {
    return Date.now() + this.#offsetMs
  }

  get offsetMs(): number {
    return this.#offsetMs
  }

  advance(ms: number): void {
    this.#offsetMs += ms
  }
}
