import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { type ConversationFilters, listConversations } from '#infra/db/stores/conversation-list.ts'
import type { Statement, Tx } from '#infra/db/tx.ts'
import { seedVolume } from '#infra/seed/volume.ts'
import { openProduct, type Product, type TestTenant } from '../support/product.ts'

let product: Product
let tenant: TestTenant

before(async () => {
  product = await openProduct()
  tenant = await product.tenant()
  const { tenantId, channelId } = tenant
  await seedVolume(product.db, { tenantId, channelId, conversations: 4_000, messages: 8_000, nowMs: Date.now() })
  const admin = new pg.Client({ connectionString: product.database.adminUrl })
  await admin.connect()
  await admin.query('vacuum analyze')
  await admin.end()
})
after(() => product.close())

/** The plan of the statement that makes a page, as the house's own role runs it. */
async function planOf(filters: ConversationFilters): Promise<string> {
  let plan = ''
  await product.db.tenant(tenant.tenantId, async (tx) => {
    const explaining: Tx = {
      ...tx,
      async rows<T>(statement: Statement): Promise<T[]> {
        if (!statement.text.includes('from conversations v')) return tx.rows<T>(statement)
        const explained = {
          text: `explain ${statement.text}`,
          values: statement.values,
          name: `plan ${statement.name}`,
        }
        const lines = await tx.rows<{ 'QUERY PLAN': string }>(explained)
        plan = lines.map((line) => line['QUERY PLAN']).join('\n')
        return []
      },
    }
    await listConversations(explaining, { limit: 51, ...filters })
  })
  assert.notEqual(plan, '')
  return plan
}

const position = ['2026-03-01 10:00:00.000001+00', '01a1fc47-537e-7e1b-8c6a-f27a27b025c9'] as const
const views: [string, ConversationFilters & { after?: readonly string[] }][] = [
  ['all', {}],
  ['open', { state: 'open' }],
  ['the second page of open', { state: 'open', after: position }],
  ['queued', { state: 'queued' }],
  ['closed', { state: 'closed' }],
  ['unread', { unread: true }],
  ['waiting for people', { needsPeople: true }],
]

for (const [name, filters] of views) {
  test(`[INB-01] the view "${name}" walks its index in order and sorts no more than a page`, async () => {
    const plan = await planOf(filters)
    assert.match(plan, /Index (Only )?Scan( Backward)? using conversations_\w+ on conversations v/, plan)
    assert.doesNotMatch(plan, /Seq Scan on conversations|Sort Key: v\./, plan)
  })
}

test('a rare name leads from its contacts to their conversations', async () => {
  const plan = await planOf({ q: 'hassan 1144' })
  assert.doesNotMatch(plan, /Seq Scan on conversations/, plan)
})
