import * as wf from '@temporalio/workflow'
import type { BareActivities } from './worker.ts'

export const heard = wf.defineSignal<[string]>('heard')

const { echo } = wf.proxyActivities<BareActivities>({ startToCloseTimeout: '10 seconds' })

/** The least that Temporal can do for a message: one signal, one activity. */
export async function bareEcho(count: number): Promise<void> {
  const inbox: string[] = []
  wf.setHandler(heard, (token) => {
    inbox.push(token)
  })
  for (let done = 0; done < count; done += 1) {
    await wf.condition(() => inbox.length > 0) // no time-out: the benchmark that started it also ends it
    await echo(inbox.shift()!)
  }
}
