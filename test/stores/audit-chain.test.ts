import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import pg from 'pg'
import { audit } from '#infra/db/stores/audit.ts'
import { auditHeads, verifyAuditChain } from '#infra/db/stores/audit-chain.ts'
import { createDb } from '#infra/db/tx.ts'
import { childEnv, settingsToEnv } from '#infra/env.ts'
import { newId } from '#infra/ids.ts'
import { freshDatabase } from '../support/postgres.ts'
import { makeTenant } from '../support/product.ts'

const database = await freshDatabase()
const db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay, poolSize: 6, relayPoolSize: 1 })
const superuser = new pg.Pool({ connectionString: database.adminUrl, max: 1 })
superuser.on('error', () => undefined)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-audit-'))
after(async () => {
  rmSync(folder, { recursive: true })
  await Promise.all([db.close(), superuser.end()])
  await database.drop()
})

const entry = (tenantId: string, id = newId()) =>
  ({
    tenantId,
    actor: { kind: 'system' },
    action: 'roles.change',
    subject: { type: 'role', id },
    detail: { ключ: ['ä', 1.5, null], b: { c: 'x' } },
  }) as const

async function tenantWithLines(count: number): Promise<string> {
  const { tenantId } = await makeTenant(db)
  for (let line = 0; line < count; line += 1) await db.tenant(tenantId, (tx) => audit(tx, entry(tenantId)))
  return tenantId
}
const verify = (tenantId: string, pageSize?: number) =>
  verifyAuditChain(db, { tenantId, nowMs: Date.now(), ...(pageSize === undefined ? {} : { pageSize }) })
/** What somebody does who owns the machine: past the policies, and without waking a trigger. */
async function tamper(text: string, values: unknown[]): Promise<void> {
  await superuser.query(`set session_replication_role = replica`)
  const { rowCount } = await superuser.query(text, values)
  assert.ok(rowCount! > 0, 'the tampering hit something')
  await superuser.query(`set session_replication_role = origin`)
}
const lineAt = async (tenantId: string, seq: number): Promise<string> => {
  const { rows } = await superuser.query('select audit_id from audit_chain where tenant_id = $1 and seq = $2', [
    tenantId,
    seq,
  ])
  return rows[0].audit_id
}

test('[SEC-09] [G31] lines of many transactions at once make one whole chain per tenant', async () => {
  const tenants = await Promise.all([tenantWithLines(3), tenantWithLines(0)])
  const work = Array.from({ length: 60 }, (_, index) => {
    const tenantId = tenants[index % 2]!
    return db.tenant(tenantId, async (tx) => {
      await audit(tx, entry(tenantId))
      if (index % 5 === 0) await audit(tx, entry(tenantId))
      if (index % 7 === 0) throw new Error('undone')
    })
  })
  const kept = (await Promise.allSettled(work)).filter(({ status }) => status === 'fulfilled').length
  assert.equal(kept, 51)
  for (const tenantId of tenants) {
    const { broken, lines, head } = await verify(tenantId)
    assert.equal(broken, undefined)
    assert.equal(lines, head.seq)
    const { rows } = await superuser.query('select count(*)::int as count from audit_log where tenant_id = $1', [
      tenantId,
    ])
    assert.equal(rows[0].count, lines)
  }
})

test('[S63] [SEC-09] the serving role can neither change nor take out a line or a link', async () => {
  const tenantId = await tenantWithLines(1)
  for (const text of [
    `update audit_log set action = 'x'`,
    `delete from audit_log`,
    `truncate audit_log`,
    `update audit_chain set seq = 9`,
    `delete from audit_chain`,
    `delete from audit_heads`,
  ]) {
    await assert.rejects(
      db.tenant(tenantId, (tx) => tx.run({ text, values: [], name: text })),
      /permission denied/,
    )
  }
})

const TAMPERINGS: [string, string, string][] = [
  ['a changed word', `update audit_log set action = 'roles.read' where id = $1`, 'line_changed'],
  ['a changed author', `update audit_log set actor = '{"kind":"person"}' where id = $1`, 'line_changed'],
  [
    'an instant moved by a microsecond',
    `update audit_log set at = at + interval '1 microsecond' where id = $1`,
    'line_changed',
  ],
  ['one nested value', `update audit_log set detail = jsonb_set(detail, '{b,c}', '"y"') where id = $1`, 'line_changed'],
  ['a line taken out', `delete from audit_log where id = $1`, 'line_gone'],
  [
    'a line taken out with its link',
    `with l as (delete from audit_log where id = $1 returning id) delete from audit_chain where audit_id in (select id from l)`,
    'link_gone',
  ],
  [
    'a line with a link made to fit it',
    `with l as (update audit_log set action = 'x' where id = $1 returning *) update audit_chain c set line_hash = sha256(convert_to(jsonb_build_array(l.id, l.tenant_id, (extract(epoch from l.at) * 1000000)::bigint, l.actor, l.action, l.subject_type, l.subject_id, l.detail, l.request_id)::text, 'UTF8')) from l where c.audit_id = l.id`,
    'link_changed',
  ],
]

for (const [what, text, fault] of TAMPERINGS) {
  test(`[S63] [G31] a superuser's ${what} is found, and the first bad line is named`, async () => {
    const tenantId = await tenantWithLines(6)
    const auditId = await lineAt(tenantId, 4)
    await tamper(text, [auditId])
    // By pages of every size, so that the bad line is also the first and the last of one, and all of it.
    for (const pageSize of [1, 2, 3, 4, 6, undefined]) {
      const { broken } = await verify(tenantId, pageSize)
      assert.deepEqual([pageSize, broken?.seq, broken?.fault], [pageSize, 4, fault])
    }
  })
}

test('[S63] a line slipped in past the chain, and a tail that was cut, are found', async () => {
  const slipped = await tenantWithLines(2)
  await tamper(
    `insert into audit_log (id, tenant_id, actor, action, subject_type, subject_id) values ($1, $2, '{}', 'x', 'y', 'z')`,
    [newId(), slipped],
  )
  assert.equal((await verify(slipped)).broken?.fault, 'line_unchained')
  const cut = await tenantWithLines(3)
  const lost = await lineAt(cut, 3)
  await tamper(`delete from audit_chain where audit_id = $1`, [lost])
  await tamper(`delete from audit_log where id = $1`, [lost])
  assert.deepEqual([(await verify(cut)).broken?.seq, (await verify(cut)).broken?.fault], [3, 'tail_cut'])
})

test('[S63] a tail that was cut together with its end is found by the end that was written down outside', async () => {
  const tenantId = await tenantWithLines(4)
  const anchors = (await db.relay(auditHeads)).filter((head) => head.tenantId === tenantId)
  const lost = await lineAt(tenantId, 4)
  await tamper(`delete from audit_chain where audit_id = $1`, [lost])
  await tamper(`delete from audit_log where id = $1`, [lost])
  await tamper(
    `update audit_heads h set seq = 3, hash = c.hash from audit_chain c
     where h.tenant_id = $1 and c.tenant_id = h.tenant_id and c.seq = 3`,
    [tenantId],
  )
  assert.equal((await verify(tenantId)).broken, undefined, 'inside the database nothing is to be seen')
  const { broken } = await verifyAuditChain(db, { tenantId, anchors, nowMs: Date.now() })
  assert.deepEqual([broken?.seq, broken?.fault], [4, 'tail_cut'])
})

test('[SEC-09] what retention took leaves its links; nothing younger than a year may be called retention', async () => {
  const tenantId = await tenantWithLines(3)
  await tamper(`update audit_heads set kept_from = now() where tenant_id = $1`, [tenantId])
  assert.equal((await verify(tenantId)).broken?.fault, 'kept_too_short')
  const later = Date.now() + 400 * 86_400_000
  await tamper(`delete from audit_log where tenant_id = $1`, [tenantId])
  await tamper(`update audit_heads set kept_from = now() + interval '1 minute' where tenant_id = $1`, [tenantId])
  const { broken, gone } = await verifyAuditChain(db, { tenantId, nowMs: later })
  assert.deepEqual([broken, gone], [undefined, 3])
})

test('[S63] the command names the first broken row and fails; on a whole log it does not', async () => {
  const own = await freshDatabase()
  const ownDb = createDb({ appUrl: own.urls.app, relayUrl: own.urls.relay, poolSize: 1, relayPoolSize: 1 })
  try {
    const { tenantId } = await makeTenant(ownDb)
    for (let line = 0; line < 3; line += 1) await ownDb.tenant(tenantId, (tx) => audit(tx, entry(tenantId)))
    const anchors = join(folder, 'heads.jsonl')
    writeFileSync(anchors, (await ownDb.relay(auditHeads)).map((head) => `${JSON.stringify(head)}\n`).join(''))
    const run = () =>
      spawnSync(process.execPath, ['scripts/verify-audit.ts', '--anchors', anchors], {
        cwd: join(import.meta.dirname, '../..'),
        env: childEnv(settingsToEnv({ databaseAppUrl: own.urls.app, databaseRelayUrl: own.urls.relay })),
        encoding: 'utf8',
      })
    const whole = run()
    assert.deepEqual([whole.status, whole.stderr], [0, ''])
    assert.match(whole.stdout, /3 lines, whole/)
    const admin = new pg.Client({ connectionString: own.adminUrl })
    await admin.connect()
    const { rows } = await admin.query('select audit_id from audit_chain where seq = 2')
    await admin.query(`update audit_log set action = 'nothing.happened' where id = $1`, [rows[0].audit_id])
    await admin.end()
    const broken = run()
    assert.equal(broken.status, 1)
    assert.match(broken.stderr, new RegExp(`BROKEN at line 2 \\(${rows[0].audit_id}\\): line_changed`))
  } finally {
    await ownDb.close()
    await own.drop()
  }
})
