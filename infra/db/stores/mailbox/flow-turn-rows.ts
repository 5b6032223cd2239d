import type { InterpreterState } from '#domain/flows/run.ts'
import { sql, type Tx } from '../../tx.ts'
import type { RunCause } from './runs.ts'

export type RunRow = {
  id: string
  flowId: string
  flowVersionId: string
  contactId: string
  conversationId: string
  cause: RunCause
  state: 'starting' | 'open' | 'parked' | 'closed' | 'failed'
  turn: number
  resume: boolean
  interpreter: InterpreterState | null
}

export async function lockRun(tx: Tx, runId: string): Promise<RunRow | undefined> {
  return tx.row<RunRow>(sql`
    select id, flow_id as "flowId", flow_version_id as "flowVersionId", contact_id as "contactId",
      conversation_id as "conversationId", cause, state, turn, resume, interpreter
    from runs where id = ${runId} for update`)
}
