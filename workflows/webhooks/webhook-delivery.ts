import * as wf from '@temporalio/workflow'
import type { WebhookActivities } from '#activities/webhooks.ts'
import { STATUS } from '#temporal/search-attributes.ts'
import { isPatched } from '../patches.ts'
import { WEBHOOK } from '../proxies.ts'
import { rest } from '../rest.ts'
import { bell, progress, type WebhookDeliveryInput } from './messages.ts'

/**
 * One event on its way to one address, until it is delivered or given up. What was tried and what is tried next is in
 * its row; here is the waiting, where engineers can see it.
 */
export async function webhookDelivery(input: WebhookDeliveryInput): Promise<void> {
  const { attemptDelivery } = wf.proxyActivities<WebhookActivities>({
    ...WEBHOOK,
    priority: { priorityKey: 3, fairnessKey: input.tenantId },
  })
  let rung = false
  let attempts = 0
  let attemptsMax: number | null = null
  let wakeAtMs: number | null = null
  wf.setHandler(bell, () => {
    rung = true
  })
  wf.setHandler(progress, () => ({ attempts, attemptsMax, wakeAtMs }))

  for (;;) {
    rung = false
    const step = await attemptDelivery(input)
    if (step.kind === 'settled') {
      // Rung while the last attempt ran: it may have been queued again.
      if (rung) continue
      // To the server it is completed like any other; only what engineers look for is marked.
      if (step.failed && isPatched('status-of-a-delivery')) {
        wf.upsertSearchAttributes([{ key: STATUS, value: 'failed' }])
      }
      return
    }
    attempts = step.attempts
    attemptsMax = step.attemptsMax
    wakeAtMs = step.atMs
    wf.setCurrentDetails(`${attempts} of ${attemptsMax} attempts failed`)
    await rest(() => rung, wakeAtMs)
    wakeAtMs = null
  }
}
