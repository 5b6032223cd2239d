import { z } from 'zod'
import { createGraph, type GraphOptions, idPath } from './graph.ts'
import { createNumberCalls } from './management.ts'

const text = z.coerce.string()
const Accounts = z.looseObject({ data: z.array(z.looseObject({ id: text })) })

export type PoolNumber = { businessAccountId: string; phoneNumberId: string; registered: boolean }

/** The numbers of every account that a system user may manage, read by the calls that embedded sign-up leads to. */
export function createPool(options: GraphOptions) {
  const graph = createGraph(options)
  const { listPhoneNumbers } = createNumberCalls(graph)
  return {
    async *all(): AsyncGenerator<PoolNumber> {
      const businesses = Accounts.parse(await graph.call('GET', '/me/businesses'))
      for (const business of businesses.data) {
        const path = `${idPath(business.id)}/owned_whatsapp_business_accounts`
        const accounts = Accounts.parse(await graph.call('GET', path, { query: { limit: '100' } }))
        for (const account of accounts.data) {
          for (const number of await listPhoneNumbers(account.id)) {
            const registered = number.status === undefined || number.status === 'CONNECTED'
            yield { businessAccountId: account.id, phoneNumberId: number.id, registered }
          }
        }
      }
    },
  }
}
