import { createContext } from 'svelte'

const [getClock, setClock] = createContext<Clock>()

/** The one ticking clock of a page: ages and countdowns read it, so they all turn over together. */
export class Clock {
  nowMs = $state(Date.now())

  /** Call inside `$effect`: the returned function stops the ticking. */
  start(intervalMs = 5_000): () => void {
    const tick = () => {
      this.nowMs = Date.now()
    }
    tick()
    const timer = setInterval(tick, intervalMs)
    document.addEventListener('visibilitychange', tick)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', tick)
    }
  }
}

export { getClock as useClock, setClock as provideClock }
