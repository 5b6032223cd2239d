import { Connection } from '@temporalio/client'
import type { Scene } from './scene.ts'

/** The process ids that Temporal has seen at work: who started and signalled, and who carried out tasks. */
export async function identitiesOf({ site }: Pick<Scene, 'site'>): Promise<Set<number>> {
  const { address, namespace } = site.temporal
  const connection = await Connection.connect({ address })
  const seen = new Set<number>()
  const note = (identity: string | null | undefined) => seen.add(Number.parseInt(identity ?? '', 10))
  try {
    const service = connection.workflowService
    const { executions } = await service.listWorkflowExecutions({ namespace, pageSize: 60 })
    for (const { execution } of executions) {
      const { history } = await service.getWorkflowExecutionHistory({ namespace, execution: execution ?? null })
      for (const event of history?.events ?? []) {
        note(event.workflowExecutionStartedEventAttributes?.identity)
        note(event.workflowExecutionSignaledEventAttributes?.identity)
        note(event.workflowTaskStartedEventAttributes?.identity)
        note(event.activityTaskStartedEventAttributes?.identity)
      }
    }
  } finally {
    await connection.close()
  }
  return seen
}
