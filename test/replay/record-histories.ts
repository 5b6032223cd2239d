import { join } from 'node:path'
import type { Client } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import { createTemporalClient } from '#temporal/client.ts'
import { createPayloadCodec } from '#temporal/codec.ts'
import { createConnection } from '#temporal/connection.ts'
import { createDataConverter } from '#temporal/data-converter.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { workflowBundle } from '#worker/workflow-bundle.ts'
import { ensureNamespace } from '../../scripts/start/temporal.ts'
import { startTemporal } from '../support/temporal.ts'
import { recordHistory } from './record.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import { testKeyRing } from './test-keys.ts'

// Run by hand (`npm run record:histories`) when a workflow gains a branch, before it is first released. Files of
// released workflows are never recorded again: they stand for runs that are still alive.
const wanted = process.argv.slice(2)

// The replay worker of the SDK calls its namespace `default`, and sealed payloads know where they belong.
const namespace = 'default'
const folder = join(import.meta.dirname, 'histories')
const keyRing = testKeyRing()
const codec = createPayloadCodec({ keyRing, namespace })

async function workersFor(connection: NativeConnection, { fakes }: Scenario): Promise<Worker[]> {
  const common = { connection, namespace, identity: 'recorder', activities: fakes }
  const dataConverter = createDataConverter({ keyRing, namespace })
  const bundle = await workflowBundle()
  return Promise.all(
    Object.values(TASK_QUEUES).map((taskQueue) =>
      Worker.create({ ...common, taskQueue, dataConverter, ...(taskQueue === 'wf' && { workflowBundle: bundle }) }),
    ),
  )
}

async function record(client: Client, connection: NativeConnection, scenario: Scenario): Promise<void> {
  const workers = await workersFor(connection, scenario)
  const scene = workers.reduce<() => Promise<void>>(
    (inner, worker) => () => worker.runUntil(inner),
    async () => {
      const handle = await scenario.play(client, TASK_QUEUES.wf)
      await recordHistory(handle, join(folder, `${scenario.name}.json`), codec)
      if (scenario.sealedToo) await recordHistory(handle, join(folder, 'sealed', `${scenario.name}.json`))
    },
  )
  await scene()
}

Runtime.install({ logger: new DefaultLogger('ERROR') })
// A run continues as new after a few turns here, so that the file of that is not two thousand events long.
const server = await startTemporal({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': 60 } })
await ensureNamespace(server.address, namespace)
const connection = await NativeConnection.connect({ address: server.address })
const client = createTemporalClient(
  { namespace, identity: 'recorder' },
  { connection: createConnection({ address: server.address, namespace }), keyRing },
)
for (const scenario of SCENARIOS) {
  if (wanted.length === 0 || wanted.includes(scenario.name)) await record(client, connection, scenario)
}
await connection.close()
await client.connection.close()
await server.stop()
