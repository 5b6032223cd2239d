import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker'
import { createCallActivities } from '#activities/calls.ts'
import { createContactExportActivities } from '#activities/contact-exports.ts'
import { createConversationActivities } from '#activities/conversations.ts'
import { createDiagnosticsActivities } from '#activities/diagnostics.ts'
import { createErasureActivities } from '#activities/erasure.ts'
import { createFlowActivities } from '#activities/flows.ts'
import { createMediaActivities } from '#activities/media.ts'
import { createSendActivities } from '#activities/messages.ts'
import { createReadMarkActivities } from '#activities/read-marks.ts'
import { createWebhookActivities } from '#activities/webhooks.ts'
import { startBeating } from '#infra/db/beating.ts'
import { createDefinitions } from '#infra/db/stores/mailbox/definitions.ts'
import { createSuspendedTenants } from '#infra/db/suspended-tenants.ts'
import { createGuardedFetch } from '#infra/http/guarded-fetch.ts'
import { createEraseLedger } from '#infra/privacy/erase-ledger.ts'
import { META_GRAPH_URL } from '#infra/providers/channel-connections.ts'
import { createChannelSenders } from '#infra/providers/channel-senders.ts'
import { createNumberThrottle } from '#infra/providers/number-throttle.ts'
import { createGraphAgent } from '#infra/providers/whatsapp/client.ts'
import { upUntil } from '#infra/up-until.ts'
import { createTemporalClient } from '#temporal/client.ts'
import { connectionOptions, createConnection } from '#temporal/connection.ts'
import { createDataConverter } from '#temporal/data-converter.ts'
import { TASK_QUEUES } from '#temporal/task-queues.ts'
import { allActivities } from './activities.ts'
import { createProcess, openFiles, standOnTables } from './process.ts'
import { installRuntime } from './temporal-log.ts'
import { workflowBundle } from './workflow-bundle.ts'

const { env, db, log, keyRing, codec } = createProcess('worker')
await standOnTables({ db, log })
installRuntime(log)
const settings = { address: env.temporalAddress, namespace: env.temporalNamespace }
const clientConnection = createConnection(settings)
const temporal = createTemporalClient(settings, { connection: clientConnection, ...codec })
const dataConverter = createDataConverter({ ...codec, namespace: settings.namespace })

const now = Date.now
const definitions = createDefinitions({ keeps: env.caches })
const files = await openFiles({ env, log, keyRing })
const media = files.store
const graph = { baseUrl: env.graphUrl ?? META_GRAPH_URL, version: 'v25.0' }
const senders = createChannelSenders({ db, keyRing, media, graph })
const asking = createGraphAgent({ connections: 8 })
const diagnostics = createDiagnosticsActivities({
  ...{ db, keyRing, files, graph, now, smtpUrl: env.smtpUrl },
  temporal: { connection: clientConnection, namespace: settings.namespace },
  dispatcher: asking,
  publicUrl: env.publicUrl ?? `http://localhost:${env.appPort}`,
})
const throttle = createNumberThrottle({ db, now })
const suspended = createSuspendedTenants(db, now, env.caches ? undefined : 0)
const guarded = createGuardedFetch({ allowOrigins: env.allowedOrigins })

const turns = allActivities(
  createConversationActivities({ db, definitions, temporal, links: { publicUrl: env.publicUrl }, now }),
  createFlowActivities({ db, definitions, now }),
  createSendActivities({ db, senders, throttle, now, suspended }),
)
const byQueue: Record<string, Partial<WorkerOptions>> = {
  [TASK_QUEUES.wf]: {
    workflowBundle: await workflowBundle(),
    activities: turns,
    maxCachedWorkflows: 600,
    // A turn is short and holds a connection: more at once than connections would only wait for each other.
    maxConcurrentLocalActivityExecutions: env.poolSize,
    // After a restart each task first replays its history, all of them on one processor. Forty at once (the library's
    // default) were none within its ten seconds on a slow machine, so each began again, for minutes. Half of the polls go to
    // the queue itself, by which comes what a dead worker had in hand and whoever writes for the first time.
    maxConcurrentWorkflowTaskExecutions: 16,
    maxConcurrentWorkflowTaskPolls: 10,
    nonStickyToStickyPollRatio: 0.5,
    maxConcurrentActivityTaskExecutions: 64,
  },
  [TASK_QUEUES.send]: {
    activities: createReadMarkActivities({ db, senders, now }),
    maxConcurrentActivityTaskExecutions: 64,
  },
  [TASK_QUEUES.http]: {
    activities: allActivities(createCallActivities({ db, guarded }), diagnostics),
    maxConcurrentActivityTaskExecutions: 32,
    // Unlike a send, a call has no claim: a beat that came late would make it twice. So beats leave well before.
    maxHeartbeatThrottleInterval: '5 seconds',
  },
  [TASK_QUEUES.media]: {
    activities: allActivities(createMediaActivities({ db, media, senders })),
    maxConcurrentActivityTaskExecutions: 8,
  },
  [TASK_QUEUES.bulk]: {
    activities: allActivities(
      createErasureActivities({ db, media, temporal, keyRing, ledger: createEraseLedger(env.dataDir) }),
      createContactExportActivities({ db, media, now }),
    ),
    maxConcurrentActivityTaskExecutions: 4,
  },
  [TASK_QUEUES.webhook]: {
    activities: allActivities(createWebhookActivities({ db, keyRing, guarded, now, random: Math.random, suspended })),
    // An attempt holds a socket and no connection while it waits, and each subscription has a bound of its own.
    maxConcurrentActivityTaskExecutions: 128,
  },
}

const connection = await connectWhenUp()
const workers = await Promise.all(
  Object.entries(byQueue).map(([taskQueue, options]) =>
    Worker.create({
      connection,
      namespace: settings.namespace,
      taskQueue,
      dataConverter,
      shutdownGraceTime: '10 seconds',
      ...options,
    }),
  ),
)
const running = Promise.all(workers.map((worker) => worker.run()))
const stalled = () => workers.filter((one) => one.getState() !== 'RUNNING').map(({ options }) => options.taskQueue)
const beating = startBeating({ db, log, kind: 'worker', stalled })
log.info('the worker is up')

upUntil({ env, log }, async () => {
  await beating.stop()
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown()
  await running
  await connection.close()
  await clientConnection.close()
  await Promise.all([senders.close(), asking.close()])
  await db.close()
})

/** Temporal may come up after us; the rows wait, and so do we. */
async function connectWhenUp(): Promise<NativeConnection> {
  for (;;) {
    try {
      return await NativeConnection.connect(connectionOptions(settings))
    } catch (error) {
      log.warn({ err: error }, 'Temporal does not answer yet')
      await new Promise((resolve) => setTimeout(resolve, 1_000))
    }
  }
}
