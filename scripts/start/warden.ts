import { type ChildProcess, spawn } from 'node:child_process'

export type Ward = {
  pid: number
  identity: string
  signal: NodeJS.Signals
  lastSignal: NodeJS.Signals
  stage: 1 | 2 | 3
}

/** Whoever ends the processes if we are killed before we can. */
export type Warden = {
  watch: (ward: Ward) => void
  forget: (pid: number) => void
  /** Removes a folder of a test when everything is over; refuses any other folder. */
  discard: (folder: string) => void
  /** Sends the warden away; what it watched stays as it is. */
  dismiss: () => Promise<void>
}

/** Starts a warden. Killed itself, it is replaced at once, and its successor learns whom to watch. */
export function createWarden(): Warden {
  const wards = new Map<number, Ward>()
  const litter = new Set<string>()
  let dismissed = false
  let helper = hire()

  function hire(): ChildProcess {
    const child = spawn(process.execPath, [`${import.meta.dirname}/warden.mjs`], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    child.stdin?.on('error', () => undefined) // It died; its successor is told everything again.
    child.once('exit', () => {
      if (dismissed) return
      helper = hire()
      for (const ward of wards.values()) tell({ op: 'watch', ...ward })
      for (const folder of litter) tell({ op: 'discard', folder })
    })
    child.unref()
    ;(child.stdin as unknown as { unref?: () => void } | null)?.unref?.()
    return child
  }

  const tell = (order: object) => void helper.stdin?.write(`${JSON.stringify(order)}\n`)

  return {
    watch(ward) {
      wards.set(ward.pid, ward)
      tell({ op: 'watch', ...ward })
    },
    forget(pid) {
      wards.delete(pid)
      tell({ op: 'forget', pid })
    },
    discard(folder) {
      litter.add(folder)
      tell({ op: 'discard', folder })
    },
    dismiss() {
      dismissed = true
      helper.ref()
      tell({ op: 'dismiss' })
      return new Promise((resolve) => {
        helper.once('exit', () => resolve())
        helper.stdin?.end()
      })
    },
  }
}
