import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Client } from '@temporalio/client'
import { erasedMarks } from '#infra/crypto/erased-marks.ts'
import { requestData } from '#infra/db/stores/data-requests.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import { createFileStore } from '#infra/media/store.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { type Code, type Edit, holds } from '../support/without.ts'

const folder = mkdtempSync(join(tmpdir(), 'holdfast-attacked-ledger-'))
after(() => rmSync(folder, { recursive: true, force: true }))
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const CANARY = 'kanarienvogel'
const quiet = { warn: () => undefined, error: () => undefined }

async function open(code: Code) {
  const product = await (await code<typeof import('../support/product.ts')>('test/support/product.ts')).openProduct()
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant, CANARY)
  await receive(product, tenant, { contactId, messages: [`hello ${CANARY}`] })
  const { createEraseLedger } = await code<typeof import('#infra/privacy/erase-ledger.ts')>(
    'infra/privacy/erase-ledger.ts',
  )
  return {
    product,
    tenantId: tenant.tenantId,
    contactId,
    ledger: createEraseLedger(mkdtempSync(join(folder, 'of-a-house'))),
    activities: await code<typeof import('#activities/erasure.ts')>('activities/erasure.ts'),
    keeping: await code<typeof import('#infra/privacy/keep-erased.ts')>('infra/privacy/keep-erased.ts'),
  }
}

holds('[S65] whoever the ledger says was erased, and a backup has brought back, is gone before anything is served', {
  open,
  async attack({ product, tenantId, contactId, ledger, keeping }) {
    const { db, keyRing } = product
    const identity = await db.tenant(tenantId, (tx) =>
      tx.row<{ id: string }>(sql`select external_id as id from contact_identities where contact_id = ${contactId}`),
    )
    const marks = erasedMarks(keyRing, tenantId, identity!.id).map((mark) => mark.toString('hex'))
    await ledger.add({ tenantId, contactId, requestId: newId(), marks, at: '2026-01-01T00:00:00.000Z' })
    await keeping.keepErasedFirst({ db, keyRing, ledger, log: quiet })
    const left = await db.tenant(tenantId, (tx) =>
      tx.rows<{ what: string }>(sql`
        select 'a name' as what from contacts where name = ${CANARY}
        union all select 'a message' from messages where content::text like ${`%${CANARY}%`}`),
    )
    await product.close()
    return left.map(({ what }) => what)
  },
  without: edit(
    'infra/privacy/keep-erased.ts',
    'await db.tenant(tenantId, (tx) => contactsBack(tx, tenantId, erased))',
    'await db.tenant(tenantId, async () => [] as string[])',
  ),
})

holds('[S65] no erasure goes on that a ledger on a full disk does not know of', {
  open,
  async attack({ product, tenantId, contactId, ledger, activities }) {
    const { db, keyRing } = product
    const actor = { kind: 'system' } as const
    const requestId = await db.tenant(tenantId, (tx) =>
      requestData(tx, { tenantId, actor }, { contactId, kind: 'erasure' }),
    )
    const { beginContactErasure } = activities.createErasureActivities({
      db,
      keyRing,
      media: createFileStore(folder),
      temporal: {} as Client,
      ledger: { ...ledger, add: () => Promise.reject(new Error('ENOSPC')) },
    })
    const goesOn = await beginContactErasure({ tenantId, requestId }).catch(() => false)
    await product.close()
    return goesOn ? ['an erasure that only the database knows of'] : []
  },
  without: edit(
    'activities/erasure.ts',
    'await ledger.add({ tenantId, requestId, contactId: begun.contactId, marks, at: new Date().toISOString() })',
    'void marks',
  ),
})
