import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { loadSubjectKey } from '#infra/crypto/subject-keys.ts'
import { createSubjectKeys, shredSubjectKey } from '#infra/db/stores/subject-keys.ts'
import type { Db } from '#infra/db/tx.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { openProduct } from '../support/product.ts'

const product = await openProduct()
after(() => product.close())
const { db, keyRing } = product

async function talk() {
  const tenant = await product.tenant()
  const contactId = await makeContact(product, tenant)
  const { conversationId } = await receive(product, tenant, { contactId, messages: ['hi'] })
  return { tenantId: tenant.tenantId, contactId, workflowId: `conversation/${tenant.tenantId}/${conversationId}` }
}

/** A database that counts the questions of the relay, and may be away. */
function counted() {
  const state = { questions: 0, away: false }
  const relay: Db['relay'] = (work) => {
    state.questions += 1
    return state.away ? Promise.reject(new Error('away')) : db.relay(work)
  }
  return { state, db: { ...db, relay } }
}

test('[SEC-10] workflows of one contact share one key, whoever makes it first', async () => {
  const { tenantId, contactId, workflowId } = await talk()
  const processes = Array.from({ length: 4 }, () => createSubjectKeys({ db, keyRing, now: Date.now }))
  const ids = await Promise.all(processes.map((keys) => keys.subjectKeyIdOf({ tenantId, workflowId })))
  assert.deepEqual([...new Set(ids)], [contactId])
  const loaded = await Promise.all(
    processes.map((subjectKeys) => loadSubjectKey({ keyRing, subjectKeys }, { tenantId, subjectKeyId: contactId })),
  )
  assert.ok(loaded.every((key) => key.equals(loaded[0]!)))
})

test('what is about nobody, and what is not there, has no key of a contact', async () => {
  const keys = createSubjectKeys({ db, keyRing, now: Date.now })
  const { tenantId } = await talk()
  for (const workflowId of [
    `campaign/${tenantId}/x`,
    `erasure/${tenantId}/${tenantId}`,
    `conversation/${tenantId}/${tenantId}`,
  ]) {
    assert.equal(await keys.subjectKeyIdOf({ tenantId, workflowId }), undefined, workflowId)
  }
})

test('a message costs no question: only the first of a workflow does, and those of one moment share it', async () => {
  const { state, db: counting } = counted()
  const keys = createSubjectKeys({ db: counting, keyRing, now: () => 0 })
  const talks = await Promise.all([talk(), talk(), talk()])
  await Promise.all(talks.map((one) => keys.subjectKeyIdOf(one)))
  const first = state.questions
  assert.ok(first <= 1 + talks.length, `${first} questions`)
  for (const one of talks) {
    await keys.subjectKeyIdOf(one)
    await keys.find({ tenantId: one.tenantId, subjectKeyId: one.contactId })
  }
  const second = state.questions
  for (const one of talks) await keys.find({ tenantId: one.tenantId, subjectKeyId: one.contactId })
  assert.equal(state.questions, second)
})

test('[SEC-10] [S64] a destroyed key is known as such within half a minute everywhere, and never made again', async () => {
  const { tenantId, contactId, workflowId } = await talk()
  const clock = { ms: 0 }
  const keys = createSubjectKeys({ db, keyRing, now: () => clock.ms })
  await keys.subjectKeyIdOf({ tenantId, workflowId })
  const place = { tenantId, subjectKeyId: contactId }
  assert.notEqual(await keys.find(place), 'shredded')
  await db.tenant(tenantId, (tx) => shredSubjectKey(tx, { tenantId, contactId }))
  clock.ms += 30_001
  assert.equal(await keys.find(place), 'shredded')
  const cold = createSubjectKeys({ db, keyRing, now: () => clock.ms })
  await cold.subjectKeyIdOf({ tenantId, workflowId })
  await assert.rejects(loadSubjectKey({ keyRing, subjectKeys: cold }, place), { code: 'key_shredded' })
})

test('while Postgres is away, what was opened a moment ago still opens', async () => {
  const { state, db: counting } = counted()
  const clock = { ms: 0 }
  const keys = createSubjectKeys({ db: counting, keyRing, now: () => clock.ms })
  const { tenantId, contactId, workflowId } = await talk()
  await keys.subjectKeyIdOf({ tenantId, workflowId })
  const place = { tenantId, subjectKeyId: contactId }
  const before = await loadSubjectKey({ keyRing, subjectKeys: keys }, place)
  state.away = true
  clock.ms += 60_000
  assert.ok(before.equals(await loadSubjectKey({ keyRing, subjectKeys: keys }, place)))
})
