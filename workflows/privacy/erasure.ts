import * as wf from '@temporalio/workflow'
import type { ErasureActivities } from '#activities/erasure.ts'
import { PRIVACY } from '../proxies.ts'
import type { DataRequestInput } from './messages.ts'

const activities = wf.proxyActivities<ErasureActivities>(PRIVACY)

/**
 * Erases a contact in the one order that leaves nothing half readable: nobody can be reached under their name, then their
 * workflows end, then the key goes, then files and rows. Once begun it is carried through, however long something is away.
 */
export async function erasure(input: DataRequestInput): Promise<void> {
  await wf.CancellationScope.nonCancellable(async () => {
    const begun = await activities.beginContactErasure(input)
    if (!begun) return
    await activities.endContactWorkflows(input)
    await activities.destroyContactKey(input)
    await activities.eraseContactFiles(input)
    await activities.eraseContactRows(input)
    await activities.settleErasure(input)
  })
}
