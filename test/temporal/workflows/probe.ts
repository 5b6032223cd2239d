import * as wf from '@temporalio/workflow'
import type { ProbeActivities } from '../probe-activities.ts'

export const note = wf.defineSignal<[string]>('note')
export const release = wf.defineSignal<[string]>('release')
export const notes = wf.defineQuery<string[], [string]>('notes')
export const change = wf.defineUpdate<string, [string]>('change')

export type ProbeInput = { secret: string; round: number }

const once = { startToCloseTimeout: '10s', retry: { initialInterval: '10ms', maximumAttempts: 2 } } as const
const { echoAfterHeartbeat, failWith } = wf.proxyActivities<ProbeActivities>({ ...once, heartbeatTimeout: '10s' })
const { echo, failWith: failLocally } = wf.proxyLocalActivities<ProbeActivities>(once)

/** Sends a secret through every door a payload has, then continues as new once, and fails at last. */
export async function probe({ secret, round }: ProbeInput): Promise<never> {
  const heard: string[] = []
  let released = false
  wf.setHandler(note, (text) => void heard.push(text))
  wf.setHandler(release, () => {
    released = true
  })
  wf.setHandler(notes, (asked) => [...heard, asked])
  wf.setHandler(change, (text) => `changed ${text}`, {
    validator: (text) => {
      if (text.includes('refuse')) throw new Error(`refused ${text}`)
    },
  })
  wf.setCurrentDetails(`${secret} current details`)
  wf.upsertMemo({ later: `${secret} upserted memo` })
  await wf.sleep(1, { summary: `${secret} timer summary` })

  heard.push(await echo(`${secret} local activity`))
  heard.push(
    await echoAfterHeartbeat.executeWithOptions({ summary: `${secret} activity summary` }, [`${secret} activity`]),
  )
  await failWith(`${secret} activity failure`).catch((error: Error) => void heard.push((error.cause as Error).message))
  // Unlike an activity's, the failure of a local activity arrives bare, without an ActivityFailure around it.
  await failLocally(`${secret} local failure`).catch((error: Error) => void heard.push(error.message))
  await throughChild(secret, heard)
  if (round === 0) {
    await wf.condition(() => released, '1 minute')
    return await wf.continueAsNew<typeof probe>({ secret, round: 1 })
  }
  throw wf.ApplicationFailure.create({
    type: 'flow_error',
    message: `${secret} workflow failure`,
    details: [`${secret} failure details`],
    cause: new Error(`${secret} cause of failure`),
  })
}

async function throughChild(secret: string, heard: string[]): Promise<void> {
  const workflowId = `${wf.workflowInfo().workflowId}-child-${wf.workflowInfo().runId}`
  const child = await wf.startChild(probeChild, { workflowId, args: [`${secret} child input`], memo: { m: secret } })
  await wf.getExternalWorkflowHandle(workflowId).signal(note, `${secret} external signal`)
  heard.push(await child.result())
  await wf
    .executeChild(probeFailingChild, { workflowId: `${workflowId}-failing`, args: [`${secret} child failure`] })
    .catch((error: wf.ChildWorkflowFailure) => void heard.push(error.cause!.message))
}

export async function probeChild(text: string): Promise<string> {
  let heard: string | undefined
  wf.setHandler(note, (signalled) => {
    heard = signalled
  })
  await wf.condition(() => heard !== undefined, '1 minute')
  return `${text} and ${heard}`
}

export async function probeFailingChild(text: string): Promise<never> {
  throw wf.ApplicationFailure.nonRetryable(text)
}

/** What a Schedule starts: answers with the result of the run before it. */
export async function probeScheduled(text: string): Promise<string> {
  const before = wf.workflowInfo().lastResult as string | undefined
  return `${text} after ${before?.slice(0, 200) ?? 'nothing'}`
}

/** Waits for its signal and says it back. */
export async function probeWaiting(text: string): Promise<string> {
  let heard: string | undefined
  wf.setHandler(note, (signalled) => {
    heard = signalled
  })
  wf.setHandler(notes, (asked) => [text, heard ?? '', asked])
  await wf.condition(() => heard !== undefined, '1 minute')
  return `${text} and ${heard}`
}

/** Asks for more than a payload may hold. */
export async function probeLarge(sizeBytes: number): Promise<number> {
  const { large } = wf.proxyActivities<ProbeActivities>(once)
  return (await large(sizeBytes)).length
}
