import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'

export type BareActivities = { echo: (token: string) => Promise<string> }

/** Runs until its parent is gone, and tells it each message it has echoed. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { address: { type: 'string' }, namespace: { type: 'string' }, queue: { type: 'string' } },
  })
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] })
  const connection = await NativeConnection.connect({ address: values.address! })
  const activities: BareActivities = {
    async echo(token) {
      process.send?.({ token })
      return token
    },
  }
  const worker = await Worker.create({
    connection,
    namespace: values.namespace!,
    taskQueue: values.queue!,
    workflowsPath: join(import.meta.dirname, 'workflows.ts'),
    activities,
  })
  const stop = () => {
    if (worker.getState() === 'RUNNING') worker.shutdown()
  }
  for (const event of ['SIGTERM', 'disconnect'] as const) process.once(event, stop)
  const running = worker.run()
  process.send?.('ready')
  await running
  await connection.close()
  if (process.connected) process.disconnect() // a listened-to channel keeps a process alive
}

await main()
