import { requestData } from '#infra/db/stores/data-requests.ts'
import { makeContact, receive } from '../support/inbound.ts'
import type { Product } from '../support/product.ts'
import { type Code, type Edit, holds } from '../support/without.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const ERASURE = 'infra/db/stores/erasure.ts'
const CANARY = 'kanarienvogel'

type House = { product: Product; erasure: typeof import('#infra/db/stores/erasure.ts') }

const open = async (code: Code): Promise<House> => ({
  product: await (await code<typeof import('../support/product.ts')>('test/support/product.ts')).openProduct(),
  erasure: await code<typeof import('#infra/db/stores/erasure.ts')>(ERASURE),
})

/** The steps of an erasure that are about rows, as its workflow takes them. */
async function erase({ product, erasure }: House, tenantId: string, contactId: string): Promise<void> {
  const { db, keyRing } = product
  const actor = { kind: 'system' } as const
  const requestId = await db.tenant(tenantId, (tx) =>
    requestData(tx, { tenantId, actor }, { contactId, kind: 'erasure' }),
  )
  const place = { tenantId, contactId, requestId }
  await db.tenant(tenantId, (tx) => erasure.beginErasure(tx, place, keyRing))
  // Once is enough for two messages; where they are not taken away, more rounds would find them for ever.
  await db.tenant(tenantId, (tx) => erasure.eraseMessages(tx, place))
  await db.tenant(tenantId, (tx) => erasure.eraseInbound(tx, place))
  await db.tenant(tenantId, (tx) => erasure.eraseRest(tx, place))
}

async function somebody({ product }: House) {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant, CANARY)
  await receive(product, tenant, { contactId, messages: [`hello ${CANARY}`] })
  return { tenant, tenantId: tenant.tenantId, contactId }
}

holds('[S64] nothing that an erased contact wrote or was called is left in a row', {
  open,
  async attack(house) {
    const { tenantId, contactId } = await somebody(house)
    await erase(house, tenantId, contactId)
    const { db } = house.product
    const tables = ['contacts', 'messages', 'contact_words', 'events', 'conversations', 'contact_changes', 'runs']
    const got: string[] = []
    for (const table of tables) {
      const text = `select 1 from ${table} t where t::text ilike '%${CANARY}%'`
      const rows = await db.tenant(tenantId, (tx) => tx.rows({ text, values: [], name: table }))
      if (rows.length > 0) got.push(table)
    }
    await house.product.close()
    return got
  },
  without: [
    edit(ERASURE, 'messages: sql`delete from messages where', 'messages: sql`select 1 from messages where'),
    // Conversations take their messages with them.
    edit(
      ERASURE,
      "['conversations', sql`delete from conversations where",
      "['conversations', sql`select 1 from conversations where",
    ),
  ],
})
