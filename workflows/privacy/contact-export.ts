import * as wf from '@temporalio/workflow'
import type { ContactExportActivities } from '#activities/contact-exports.ts'
import { PRIVACY } from '../proxies.ts'
import { type DataRequestInput, discard } from './messages.ts'

const activities = wf.proxyActivities<ContactExportActivities>(PRIVACY)

/** Packs everything about a contact into one file, keeps it until its time, and takes it away; sooner when asked to. */
export async function contactExport(input: DataRequestInput): Promise<void> {
  let discarded = false
  const packing = new wf.CancellationScope()
  wf.setHandler(discard, () => {
    discarded = true
    packing.cancel()
  })
  try {
    const packed = await packing.run(() => activities.packContactExport(input))
    if (packed !== null) await wf.condition(() => discarded, Math.max(1, packed.expiresAtMs - Date.now()))
  } catch (error) {
    if (!wf.isCancellation(error)) throw error
  }
  await wf.CancellationScope.nonCancellable(() => activities.discardContactExport(input))
}
