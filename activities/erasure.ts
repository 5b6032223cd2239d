import { heartbeat } from '@temporalio/activity'
import { type Client, isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { audit } from '#infra/db/stores/audit.ts'
import {
  addToReport,
  beginRequest,
  endRequest,
  forgetExport,
  getDataRequest,
  noteProgress,
} from '#infra/db/stores/data-requests.ts'
import {
  beginErasure,
  contactFiles,
  contactWorkflows,
  type ErasurePlace,
  eraseInbound,
  eraseMessages,
  eraseRest,
  forgetFile,
  type RowCounts,
  tellErased,
} from '#infra/db/stores/erasure.ts'
import { shredSubjectKey } from '#infra/db/stores/subject-keys.ts'
import type { Db } from '#infra/db/tx.ts'
import type { MediaStore } from '#infra/media/store.ts'
import type { EraseLedger } from '#infra/privacy/erase-ledger.ts'
import { conversationWorkflowId, readMarkWorkflowId } from '#workflows/conversations/messages.ts'
import { flowRunWorkflowId } from '#workflows/flows/messages.ts'
import { mediaFetchWorkflowId } from '#workflows/media/messages.ts'
import type { DataRequestInput } from '#workflows/privacy/messages.ts'

type ErasureDeps = { db: Db; media: MediaStore; temporal: Client; keyRing: KeyRing; ledger: EraseLedger }
export type ErasureActivities = ReturnType<typeof createErasureActivities>

const GRPC_NOT_FOUND = 5
const PAGE = 100
const FIRST = '00000000-0000-0000-0000-000000000000'

/** Each step may run again from its beginning: what is gone is not counted twice, because it is not there twice. */
export const createErasureActivities = ({ db, media, temporal, keyRing, ledger }: ErasureDeps) => {
  async function placeOf({ tenantId, requestId }: DataRequestInput): Promise<ErasurePlace> {
    const stored = await db.tenant(tenantId, (tx) => getDataRequest(tx, requestId))
    return { tenantId, requestId, contactId: stored!.request.contactId }
  }
  const step = (place: ErasurePlace, name: Parameters<typeof noteProgress>[1]['step'], doneCount = 0) =>
    db.tenant(place.tenantId, (tx) => noteProgress(tx, { id: place.requestId, step: name, doneCount }))

  return {
    /** No further step is taken, and so nothing is reported, before the ledger outside the database knows of it as well. */
    async beginContactErasure({ tenantId, requestId }: DataRequestInput): Promise<boolean> {
      const begun = await db.tenant(tenantId, async (tx) => {
        const request = await beginRequest(tx, requestId)
        if (request === undefined) return undefined
        const { contactId } = request
        return { contactId, marks: await beginErasure(tx, { tenantId, requestId, contactId }, keyRing) }
      })
      if (begun === undefined) return false
      const marks = begun.marks.map((mark) => mark.toString('hex'))
      await ledger.add({ tenantId, requestId, contactId: begun.contactId, marks, at: new Date().toISOString() })
      return true
    },

    /** Ends every workflow that was ever about the contact, and has the server delete what it remembers of it. */
    async endContactWorkflows(input: DataRequestInput): Promise<void> {
      const place = await placeOf(input)
      const counts = { ended: 0, deleted: 0 }
      await step(place, 'workflows')
      for (let after = FIRST; ; ) {
        const page = await db.tenant(place.tenantId, (tx) => contactWorkflows(tx, place, { after, limit: PAGE }))
        for (const one of page) {
          for (const workflowId of workflowIdsOf(place.tenantId, one)) {
            const { ended, deleted } = await endAndDelete(temporal, workflowId)
            counts.ended += ended
            counts.deleted += deleted
          }
          heartbeat()
        }
        await step(place, 'workflows', counts.deleted)
        if (page.length < PAGE) break
        after = page.at(-1)!.id
      }
      await db.tenant(place.tenantId, (tx) => addToReport(tx, place.requestId, { workflows: counts }))
    },

    async destroyContactKey(input: DataRequestInput): Promise<void> {
      const place = await placeOf(input)
      await db.tenant(place.tenantId, async (tx) => {
        await noteProgress(tx, { id: place.requestId, step: 'key' })
        await shredSubjectKey(tx, place)
        await addToReport(tx, place.requestId, { keyDestroyed: true })
      })
    },

    async eraseContactFiles(input: DataRequestInput): Promise<void> {
      const place = await placeOf(input)
      let count = 0
      for (;;) {
        await step(place, 'media', count)
        const files = await db.tenant(place.tenantId, (tx) => contactFiles(tx, place, PAGE))
        if (files.length === 0) break
        for (const { id, storageKey, kind } of files) {
          if (storageKey !== null) await media.delete(place.tenantId, storageKey)
          await db.tenant(place.tenantId, (tx) => (kind === 'file' ? forgetFile(tx, id) : forgetExport(tx, id)))
          count += 1
          heartbeat(count)
        }
      }
      await db.tenant(place.tenantId, (tx) => addToReport(tx, place.requestId, { media: count }))
    },

    async eraseContactRows(input: DataRequestInput): Promise<void> {
      const place = await placeOf(input)
      const total: RowCounts = {}
      const add = (counts: RowCounts) => {
        for (const [table, count] of Object.entries(counts)) if (count > 0) total[table] = (total[table] ?? 0) + count
      }
      for (;;) {
        const counts = await db.tenant(place.tenantId, (tx) => eraseMessages(tx, place))
        if (counts === undefined) break
        add(counts)
        heartbeat(total['messages'])
        await step(place, 'rows', total['messages'])
      }
      add(await db.tenant(place.tenantId, (tx) => eraseInbound(tx, place)))
      heartbeat('inbound')
      add(await db.tenant(place.tenantId, (tx) => eraseRest(tx, place)))
      await db.tenant(place.tenantId, (tx) => addToReport(tx, place.requestId, { rows: total }))
    },

    async settleErasure(input: DataRequestInput): Promise<void> {
      const place = await placeOf(input)
      await db.tenant(place.tenantId, async (tx) => {
        if (!(await endRequest(tx, { id: place.requestId, state: 'done' }))) return
        await tellErased(tx, place)
        const stored = await getDataRequest(tx, place.requestId)
        const detail = { requestId: place.requestId, ...stored!.request.report }
        const subject = { type: 'contact', id: place.contactId }
        await audit(tx, {
          tenantId: place.tenantId,
          actor: { kind: 'system' },
          action: 'contacts.erased',
          subject,
          detail,
        })
      })
    },
  }
}

function workflowIdsOf(
  tenantId: string,
  { kind, id }: { kind: 'conversation' | 'run' | 'file'; id: string },
): string[] {
  if (kind === 'run') return [flowRunWorkflowId(tenantId, id)]
  if (kind === 'file') return [mediaFetchWorkflowId(tenantId, id)]
  return [conversationWorkflowId(tenantId, id), readMarkWorkflowId(tenantId, id)]
}

/** Every run under one id: the latest by asking for it, because lists lag behind, and the earlier ones from the list. */
async function endAndDelete(temporal: Client, workflowId: string): Promise<{ ended: number; deleted: number }> {
  const counts = { ended: 0, deleted: 0 }
  const runIds = new Set<string>()
  const handle = temporal.workflow.getHandle(workflowId)
  try {
    const latest = await handle.describe()
    runIds.add(latest.runId)
    if (latest.status.name === 'RUNNING') {
      await handle.terminate('erased')
      counts.ended = 1
    }
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
  }
  for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = "${workflowId}"` })) runIds.add(runId)
  const { namespace } = temporal.options
  for (const runId of runIds) {
    try {
      await temporal.workflowService.deleteWorkflowExecution({ namespace, workflowExecution: { workflowId, runId } })
      counts.deleted += 1
    } catch (error) {
      // The list still names what is gone.
      if (!isGrpcServiceError(error) || error.code !== GRPC_NOT_FOUND) throw error
    }
  }
  return counts
}
