import type { Client, WorkflowHandle } from '@temporalio/client'
import type { CallActivities } from '#activities/calls.ts'
import type { ContactExportActivities } from '#activities/contact-exports.ts'
import type { ConversationActivities } from '#activities/conversations.ts'
import type { DiagnosticsActivities } from '#activities/diagnostics.ts'
import type { ErasureActivities } from '#activities/erasure.ts'
import type { FlowActivities } from '#activities/flows.ts'
import type { MediaActivities, MediaFetched } from '#activities/media.ts'
import type { SendActivities, Sent } from '#activities/messages.ts'
import type { ReadMarkActivities } from '#activities/read-marks.ts'
import type { DeliveryStep, WebhookActivities } from '#activities/webhooks.ts'
import type { ConversationOutcome, FlowOutcome } from '#domain/conversations/turn.ts'
import * as conversations from '#workflows/conversations/messages.ts'
import * as diagnostics from '#workflows/diagnostics/messages.ts'
import * as flows from '#workflows/flows/messages.ts'
import * as media from '#workflows/media/messages.ts'
import * as privacy from '#workflows/privacy/messages.ts'
import * as webhooks from '#workflows/webhooks/messages.ts'

export type Fakes = ConversationActivities &
  DiagnosticsActivities &
  ErasureActivities &
  ContactExportActivities &
  FlowActivities &
  SendActivities &
  CallActivities &
  MediaActivities &
  ReadMarkActivities &
  WebhookActivities
export type Scenario = {
  name: string
  /** What the turns decide, in their order. Instants are asked for late, because they are counted from now. */
  fakes: Partial<Fakes>
  /** Record it a second time as it is stored, sealed. */
  sealedToo?: true
  play(client: Client, taskQueue: string): Promise<WorkflowHandle>
}

const tenantId = 't1'
const restful = { kind: 'rest', sends: [], wakeAtMs: null, more: false } satisfies ConversationOutcome
const asking = {
  posture: 'asking',
  sends: [],
  waitId: 'w1',
  wakeAtMs: null,
  promptTimeoutMs: null,
  more: false,
  nodeId: 'ask',
  result: null,
} satisfies FlowOutcome

const inOneSecond = () => Date.now() + 1_000

const sendMessage = async ({ messageId }: { messageId: string }): Promise<Sent> => ({
  atMs: Date.now(),
  refused: messageId.startsWith('refused'),
  promptWaitId: messageId.includes('prompt') ? messageId.split(':')[1]! : null,
})

/** Fakes that answer each turn of a workflow from a list; the last answer stands for all later turns. */
const conversationTurns = (...outcomes: (() => ConversationOutcome)[]): Partial<Fakes> => ({
  conversationTurn: async ({ turn }) => (outcomes[turn] ?? outcomes.at(-1)!)(),
  mendOwner: async () => undefined,
  sendMessage,
})

const flowTurns = (...outcomes: (() => FlowOutcome)[]): Partial<Fakes> => ({
  flowTurn: async ({ turn }) => (outcomes[turn] ?? outcomes.at(-1)!)(),
  callOut: async () => ({ outcome: 'response' }) as Awaited<ReturnType<CallActivities['callOut']>>,
  sendMessage,
})

/** Waits until the workflow has taken so many turns. A query leaves no trace in the history. */
async function reach(handle: WorkflowHandle, turn: number): Promise<void> {
  for (;;) if ((await handle.query<{ turn: number }>('progress')).turn >= turn) return
}

async function ringUntil(handle: WorkflowHandle, turn: number): Promise<void> {
  await handle.signal('bell')
  await reach(handle, turn)
}

/** Waits until the workflow rests with a timer: its question has been sent, and its time runs. */
async function restsWithTimer(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const { events } = await handle.fetchHistory()
    if (events?.some((event) => event.timerStartedEventAttributes)) return
  }
}

const startConversation = (client: Client, taskQueue: string, conversationId: string) =>
  client.workflow.start('conversation', {
    workflowId: conversations.conversationWorkflowId(tenantId, conversationId),
    taskQueue,
    args: [{ tenantId, conversationId } satisfies conversations.ConversationInput],
  })

const startFlow = (client: Client, taskQueue: string, runId: string) =>
  client.workflow.start('flowRun', {
    workflowId: flows.flowRunWorkflowId(tenantId, runId),
    taskQueue,
    args: [{ tenantId, runId } satisfies flows.FlowRunInput],
  })

/** Attempts of a delivery, each answered from a list; the last answer stands for all later ones. */
function attempts(...steps: (() => DeliveryStep | Promise<DeliveryStep>)[]): Partial<Fakes> {
  let tried = 0
  return {
    async attemptDelivery() {
      tried += 1
      return (steps[tried - 1] ?? steps.at(-1)!)()
    },
  }
}

/** Looks at a file, each answered from a list; the last answer stands for all later ones. */
function fetches(...states: MediaFetched['state'][]): Partial<Fakes> {
  let tried = 0
  return {
    async fetchMedia() {
      tried += 1
      return { state: states[tried - 1] ?? states.at(-1)! }
    },
  }
}

const startFetch = (client: Client, taskQueue: string, fileId: string) =>
  client.workflow.start('mediaFetch', {
    workflowId: media.mediaFetchWorkflowId(tenantId, fileId),
    taskQueue,
    args: [{ tenantId, fileId } satisfies media.MediaFetchInput],
  })

const settled = (): DeliveryStep => ({ kind: 'settled' })
const later = (waitMs: number) => (): DeliveryStep => ({
  kind: 'later',
  atMs: Date.now() + waitMs,
  attempts: 1,
  attemptsMax: 8,
})

const startDelivery = (client: Client, taskQueue: string, messageId: string) => {
  const input: webhooks.WebhookDeliveryInput = { tenantId, subscriptionId: 's1', messageId }
  const workflowId = webhooks.webhookDeliveryWorkflowId(input)
  return client.workflow.start('webhookDelivery', { workflowId, taskQueue, args: [input] })
}

// Opened by the scene in which a bell comes while the last attempt runs.
const [trying, rungMeanwhile] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]

const startExport = (client: Client, taskQueue: string, requestId: string) =>
  client.workflow.start('contactExport', {
    workflowId: privacy.exportWorkflowId(tenantId, requestId),
    taskQueue,
    args: [{ tenantId, requestId } satisfies privacy.DataRequestInput],
  })

/** A run of six checks, of which one breaks: a few side by side, the others behind them. */
const diagnosis = (fakes: Partial<Fakes>): Partial<Fakes> => ({
  beginDiagnostics: async () =>
    (['database', 'clock', 'storage', 'mail', 'credentials', 'errors'] as const).map((key) => ({
      id: key,
      key,
      channelId: key === 'credentials' ? 'n1' : null,
    })),
  failCheck: async () => undefined,
  endDiagnostics: async () => undefined,
  checkDatabase: async () => 'passed',
  checkClock: async () => 'passed',
  checkStorage: () => Promise.reject(new Error('the disk is full')),
  checkMail: async () => 'failed',
  checkCredentials: async () => 'passed',
  checkErrors: async () => 'warning',
  ...fakes,
})

const startDiagnosis = (client: Client, taskQueue: string, diagnosticId: string) =>
  client.workflow.start('diagnostics', {
    workflowId: diagnostics.diagnosticsWorkflowId(tenantId, diagnosticId),
    taskQueue,
    args: [{ tenantId, diagnosticId } satisfies diagnostics.DiagnosticsInput],
  })

// Opened by the scene in which a run is cancelled while a check hangs.
const [hanging, hung] = [Promise.withResolvers<void>(), Promise.withResolvers<'passed'>()]

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'diagnostics-with-a-check-that-breaks',
    fakes: diagnosis({}),
    async play(client, taskQueue) {
      const handle = await startDiagnosis(client, taskQueue, 'd1')
      await handle.result()
      return handle
    },
  },
  {
    name: 'diagnostics-cancelled-while-a-check-hangs',
    fakes: diagnosis({
      checkMail: () => {
        hanging.resolve()
        return hung.promise
      },
    }),
    async play(client, taskQueue) {
      const handle = await startDiagnosis(client, taskQueue, 'd2')
      await hanging.promise
      await handle.cancel()
      await handle.result().catch(() => undefined)
      hung.resolve('passed')
      return handle
    },
  },
  {
    name: 'conversation-answered-and-closed',
    fakes: conversationTurns(
      () => restful,
      () => ({ ...restful, sends: ['m1', 'm2'], more: true }),
      () => ({ ...restful, kind: 'inspect_owner', runId: 'r1', epoch: 3 }),
      () => ({ ...restful, wakeAtMs: inOneSecond() }),
      () => ({ ...restful, kind: 'closed' }),
    ),
    async play(client, taskQueue) {
      const handle = await startConversation(client, taskQueue, 'closed')
      await reach(handle, 1)
      await ringUntil(handle, 3)
      await ringUntil(handle, 4)
      await handle.result()
      return handle
    },
  },
  {
    name: 'conversation-continued-as-new',
    fakes: conversationTurns(() => restful),
    async play(client, taskQueue) {
      const handle = await startConversation(client, taskQueue, 'long')
      await reach(handle, 1)
      for (let turn = 2; turn <= 20; turn += 1) await ringUntil(handle, turn)
      await handle.terminate('recorded')
      return client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId)
    },
  },
  {
    name: 'conversation-continued-as-new-amid-its-sends',
    fakes: conversationTurns(() => ({ ...restful, sends: Array.from({ length: 20 }, (_, n) => `m${n}`), more: true })),
    async play(client, taskQueue) {
      const handle = await startConversation(client, taskQueue, 'amid')
      await reach(handle, 2)
      await handle.terminate('recorded')
      return client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId)
    },
  },
  {
    name: 'flow-run-asks-calls-waits-and-ends',
    sealedToo: true,
    fakes: flowTurns(
      () => ({ ...asking, sends: ['prompt:w1'], promptTimeoutMs: 60_000 }),
      () => ({ ...asking, posture: 'calling', waitId: 'w2', nodeId: 'call' }),
      () => ({ ...asking, posture: 'delaying', waitId: 'w3', wakeAtMs: inOneSecond(), nodeId: 'delay' }),
      () => ({ ...asking, sends: ['refused-prompt:w4'], waitId: 'w4' }),
      () => ({ ...asking, posture: 'ended', waitId: null, nodeId: null, result: 'completed' }),
    ),
    async play(client, taskQueue) {
      const handle = await startFlow(client, taskQueue, 'ends')
      await restsWithTimer(handle)
      await ringUntil(handle, 3)
      await handle.result()
      return handle
    },
  },
  {
    name: 'flow-run-cancelled-while-it-waits',
    fakes: flowTurns(() => ({ ...asking, posture: 'delaying', wakeAtMs: Date.now() + 3_600_000 })),
    async play(client, taskQueue) {
      const handle = await startFlow(client, taskQueue, 'cancelled')
      await restsWithTimer(handle)
      await ringUntil(handle, 2)
      await handle.cancel()
      await handle.result().catch(() => undefined)
      return handle
    },
  },
  {
    name: 'flow-run-failed',
    fakes: flowTurns(
      () => asking,
      () => ({ ...asking, posture: 'ended', waitId: null, nodeId: null, result: 'failed' }),
    ),
    async play(client, taskQueue) {
      const handle = await startFlow(client, taskQueue, 'failed')
      await reach(handle, 1)
      await handle.signal('bell')
      await handle.result()
      return handle
    },
  },
  {
    name: 'media-fetched',
    fakes: fetches('stored'),
    async play(client, taskQueue) {
      const handle = await startFetch(client, taskQueue, 'f1')
      await handle.result()
      return handle
    },
  },
  {
    name: 'media-waits-for-a-token-and-is-rung',
    fakes: fetches('waiting', 'waiting', 'stored'),
    async play(client, taskQueue) {
      const handle = await startFetch(client, taskQueue, 'f2')
      await restsWithTimer(handle)
      await handle.signal('bell')
      for (;;) {
        const { events } = await handle.fetchHistory()
        if ((events?.filter((event) => event.timerStartedEventAttributes).length ?? 0) === 2) break
      }
      await handle.signal('bell')
      await handle.result()
      return handle
    },
  },
  {
    name: 'read-mark-told',
    fakes: { tellRead: async () => ({ told: true }) },
    async play(client, taskQueue) {
      const input: conversations.ReadMarkInput = { tenantId, conversationId: 'c1' }
      const workflowId = conversations.readMarkWorkflowId(tenantId, input.conversationId)
      const handle = await client.workflow.start('readMark', { workflowId, taskQueue, args: [input] })
      await handle.result()
      return handle
    },
  },
  {
    name: 'webhook-delivered-at-once',
    fakes: attempts(settled),
    async play(client, taskQueue) {
      const handle = await startDelivery(client, taskQueue, 'm1')
      await handle.result()
      return handle
    },
  },
  {
    name: 'webhook-given-up',
    fakes: attempts(later(500), () => ({ kind: 'settled', failed: true })),
    async play(client, taskQueue) {
      const handle = await startDelivery(client, taskQueue, 'm4')
      await handle.result()
      return handle
    },
  },
  {
    name: 'webhook-waits-for-a-timer-and-for-a-bell',
    fakes: attempts(later(500), later(36_000_000), settled),
    async play(client, taskQueue) {
      const handle = await startDelivery(client, taskQueue, 'm2')
      for (;;) {
        const { wakeAtMs } = await handle.query<webhooks.DeliveryProgress>('progress')
        if (wakeAtMs !== null && wakeAtMs > Date.now() + 60_000) break
      }
      await handle.signal('bell')
      await handle.result()
      return handle
    },
  },
  {
    name: 'webhook-rung-while-its-last-attempt-runs',
    fakes: attempts(() => {
      trying.resolve()
      return rungMeanwhile.promise.then(settled)
    }, settled),
    async play(client, taskQueue) {
      const handle = await startDelivery(client, taskQueue, 'm3')
      await trying.promise
      await handle.signal('bell')
      rungMeanwhile.resolve()
      await handle.result()
      return handle
    },
  },
  {
    name: 'contact-erased',
    fakes: {
      beginContactErasure: async () => true,
      endContactWorkflows: async () => undefined,
      destroyContactKey: async () => undefined,
      eraseContactFiles: async () => undefined,
      eraseContactRows: async () => undefined,
      settleErasure: async () => undefined,
    },
    async play(client, taskQueue) {
      const handle = await client.workflow.start('erasure', {
        workflowId: privacy.erasureWorkflowId(tenantId, 'r1'),
        taskQueue,
        args: [{ tenantId, requestId: 'r1' } satisfies privacy.DataRequestInput],
      })
      await handle.result()
      return handle
    },
  },
  {
    name: 'contact-exported-and-kept-for-its-time',
    fakes: {
      packContactExport: async () => ({ expiresAtMs: inOneSecond() }),
      discardContactExport: async () => undefined,
    },
    async play(client, taskQueue) {
      const handle = await startExport(client, taskQueue, 'kept')
      await handle.result()
      return handle
    },
  },
  {
    name: 'contact-export-discarded-while-it-is-packed',
    fakes: {
      async packContactExport() {
        throw new Error('the disk is full')
      },
      discardContactExport: async () => undefined,
    },
    async play(client, taskQueue) {
      const handle = await startExport(client, taskQueue, 'discarded')
      for (;;) {
        const { raw } = await handle.describe()
        if ((raw.pendingActivities?.[0]?.attempt ?? 0) > 1) break
      }
      await handle.signal(privacy.discard)
      await handle.result()
      return handle
    },
  },
]
