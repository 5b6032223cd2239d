import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { within } from '../answers.ts'
import { spreadOf } from '../figures.ts'
import type { Shape, Turns } from '../turns.ts'

/** The same talk without a product: what the engine alone gives on this machine, in this run. */
export async function bareEcho(place: { address: string; namespace: string }, shape: Shape): Promise<Turns> {
  const queue = `bare-${process.pid}-${Date.now()}`
  const child = fork(join(import.meta.dirname, 'worker.ts'), [
    ...['--address', place.address, '--namespace', place.namespace, '--queue', queue],
  ])
  const connection = await Connection.connect({ address: place.address })
  try {
    await within(60_000, 'the bare worker', once(child, 'message'))
    const waiting = new Map<string, () => void>()
    child.on('message', (message: { token?: string }) => {
      waiting.get(message.token ?? '')?.()
      waiting.delete(message.token ?? '')
    })
    const client = new Client({ connection, namespace: place.namespace })
    const say = (conversation: string, count: number) => async (n: number) => {
      const token = `${conversation}/${n}`
      const done = new Promise<void>((resolve) => waiting.set(token, resolve))
      const workflowId = `${queue}/${conversation}`
      const signal = { signal: 'heard', signalArgs: [token] as [string] }
      if (n === 1)
        await client.workflow.signalWithStart('bareEcho', { workflowId, taskQueue: queue, args: [count], ...signal })
      else await client.workflow.getHandle(workflowId).signal('heard', token)
      await done
    }
    await talk({ conversations: 10, messages: 2 }, (one) => say(`warm-${one}`, 2))
    return await talk(shape, (one) => say(String(one), shape.messages))
  } finally {
    if (child.exitCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    }
    await connection.close()
  }
}

/** So many conversations side by side, each of which says its next message when the last was answered. */
export async function talk(
  { conversations, messages }: Shape,
  sayIn: (conversation: number) => (n: number) => Promise<void>,
): Promise<Turns> {
  const latenciesMs: number[] = []
  const began = performance.now()
  const lane = async (conversation: number) => {
    const say = sayIn(conversation)
    for (let n = 1; n <= messages; n += 1) {
      const at = performance.now()
      await say(n)
      latenciesMs.push(performance.now() - at)
    }
  }
  const all = Promise.all(Array.from({ length: conversations }, (_, conversation) => lane(conversation)))
  await within(180_000, `${conversations} × ${messages} messages`, all)
  const seconds = (performance.now() - began) / 1_000
  return {
    count: conversations * messages,
    seconds,
    perSecond: (conversations * messages) / seconds,
    latency: spreadOf(latenciesMs),
  }
}
