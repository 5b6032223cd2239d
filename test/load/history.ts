import { Client, Connection } from '@temporalio/client'
import { conversationWorkflowId } from '#workflows/conversations/messages.ts'
import { flowRunWorkflowId } from '#workflows/flows/messages.ts'
import type { WholeHouse } from './house.ts'
import type { Rows } from './rows.ts'
import { eachOf } from './until.ts'

export type HistoryLength = { events: number; bytes: number; workflows: number; longest: number }

/** The events of every workflow that served a tenant's conversations since an instant. */
export async function historyOf(
  house: WholeHouse,
  rows: Rows,
  { tenantId, since }: { tenantId: string; since: Date },
): Promise<HistoryLength> {
  const conversations = await rows.all<{ id: string }>(
    'select id from conversations where tenant_id = $1 and created_at >= $2',
    [tenantId, since],
  )
  const runs = await rows.all<{ id: string }>('select id from runs where tenant_id = $1 and started_at >= $2', [
    tenantId,
    since,
  ])
  const ids = [
    ...conversations.map(({ id }) => conversationWorkflowId(tenantId, id)),
    ...runs.map(({ id }) => flowRunWorkflowId(tenantId, id)),
  ]
  const connection = await Connection.connect({ address: house.endpoints().temporalAddress })
  const client = new Client({ connection, namespace: house.temporalNamespace })
  const found = { events: 0, bytes: 0, workflows: 0, longest: 0 }
  try {
    await eachOf(ids, 8, async (id) => {
      const { historyLength, historySize } = await client.workflow.getHandle(id).describe()
      found.workflows += 1
      found.events += historyLength
      found.bytes += historySize ?? 0
      found.longest = Math.max(found.longest, historyLength)
    })
  } finally {
    await connection.close()
  }
  return found
}
