import { sql, type Tx } from '../../tx.ts'

/** A turn of one workflow. The first run id tells a restarted workflow from its predecessor, whose turns began at 0 too. */
export type TurnKey = { tenantId: string; workflowId: string; firstRunId: string; turn: number }

/** How many turns back an outcome may still be asked for: all local activities of one failed workflow task, and more. */
const KEPT = 64

export async function recordedOutcome<O>(tx: Tx, key: TurnKey): Promise<O | undefined> {
  const row = await tx.row<{ outcome: O }>(sql`
    select outcome from turn_outcomes where tenant_id = ${key.tenantId} and workflow_id = ${key.workflowId}
      and first_run_id = ${key.firstRunId} and turn = ${key.turn}`)
  return row?.outcome
}

export function recordOutcome(tx: Tx, key: TurnKey, outcome: unknown): void {
  tx.write(sql`
    insert into turn_outcomes (tenant_id, workflow_id, first_run_id, turn, outcome)
    values (${key.tenantId}, ${key.workflowId}, ${key.firstRunId}, ${key.turn}, ${JSON.stringify(outcome)})`)
  forgetOldOutcomes(tx, key)
}

/** Now and then, so that a conversation of years does not keep a row per turn. */
export function forgetOldOutcomes(tx: Tx, key: TurnKey): void {
  if (key.turn % KEPT !== KEPT - 1) return
  tx.write(sql`
    delete from turn_outcomes where tenant_id = ${key.tenantId} and workflow_id = ${key.workflowId}
      and (first_run_id <> ${key.firstRunId} or turn < ${key.turn - KEPT})`)
}
