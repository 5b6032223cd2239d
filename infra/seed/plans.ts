import { CreatePlan } from '#domain/platform/plans.ts'
import { createPlan, listPlans } from '#infra/db/stores/plans.ts'
import type { Tx } from '#infra/db/tx.ts'

const GIGABYTE = 1_000_000_000

/** For a business of a few people, so that there is a choice of plans. */
const SMALL = CreatePlan.parse({
  key: 'small',
  name: 'Small',
  limits: {
    ...{ members: 10, channels: 2, contacts: 10_000, flows: 25, customFields: 20, tags: 100, roles: 5, calendars: 3 },
    ...{ webhooks: 5, apiKeys: 5, storageBytes: 5 * GIGABYTE, messages: 20_000, campaigns: 10, apiCalls: 200_000 },
    ...{ requestsPerMinute: 120, keyRequestsPerMinute: 100, personRequestsPerMinute: 1_000 },
  },
})

/** Makes the second plan, where an administrator has not made it theirs. Runs as the platform. */
export async function seedPlans(tx: Tx): Promise<void> {
  const plans = await listPlans(tx)
  if (!plans.some(({ key }) => key === SMALL.key)) await createPlan(tx, SMALL)
}
