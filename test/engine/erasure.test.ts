import assert from 'node:assert/strict'
import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Client } from '@temporalio/client'
import pg from 'pg'
import { setConsent } from '#infra/db/stores/consents.ts'
import { changeContact } from '#infra/db/stores/contacts.ts'
import { getDataRequest, requestData } from '#infra/db/stores/data-requests.ts'
import { createSubjectKeys } from '#infra/db/stores/subject-keys.ts'
import { sql } from '#infra/db/tx.ts'
import { createSealedStore } from '#infra/media/sealed-store.ts'
import { createFileStore, mediaKey } from '#infra/media/store.ts'
import { createTemporalClient } from '#temporal/client.ts'
import { openPayload } from '#temporal/codec.ts'
import { createConnection } from '#temporal/connection.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { ECHO } from '../support/flows.ts'
import { openScene } from './scene.ts'

let engine: Engine
let superuser: pg.Pool
before(async () => {
  engine = await startEngine()
  superuser = new pg.Pool({ connectionString: engine.database.adminUrl, max: 1 })
  superuser.on('error', () => undefined)
})
after(async () => {
  process.stderr.write(engine?.complaints() ?? '')
  await superuser?.end()
  await engine?.stop()
})

const CANARY = 'kanarienvogel'

/** Every value of every column of every table of the house, read past all walls. @returns where a word was found. */
async function findEverywhere(words: readonly string[]): Promise<string[]> {
  const { rows: columns } = await superuser.query<{ name: string; column: string; type: string }>(`
    select c.relname as name, a.attname as column, format_type(a.atttypid, null) as type
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace in ('public'::regnamespace, 'auth'::regnamespace) and c.relkind in ('r', 'p') and not c.relispartition`)
  const found: string[] = []
  for (const { name, column, type } of columns) {
    const text =
      type === 'bytea' ? `encode(${pg.escapeIdentifier(column)}, 'escape')` : `${pg.escapeIdentifier(column)}::text`
    const schema = name.match(/^(user|session|account|verification)$/) ? '' : 'public.'
    for (const word of words) {
      const { rows } = await superuser
        .query(`select 1 from ${schema}${pg.escapeIdentifier(name)} where ${text} ilike $1 limit 1`, [`%${word}%`])
        .catch(() => ({ rows: [] }))
      if (rows.length > 0) found.push(`${name}.${column}: ${word}`)
    }
  }
  return found
}

async function sealedPayloads(temporal: Client, workflowId: string) {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory()
  return events![0]!.workflowExecutionStartedEventAttributes!.input!.payloads!
}

test('[SEC-10] [S64] [G30] a contact with canaries everywhere is erased: rows, files, workflows and their key', async () => {
  const scene = await openScene(engine, { flows: [ECHO] })
  const { tenantId, person, read } = scene
  const { namespace, address } = engine.temporal
  const subjectKeys = createSubjectKeys({ db: engine.db, keyRing: engine.keyRing, now: Date.now })
  const connection = createConnection({ address, namespace })
  const keys = { keyRing: engine.keyRing, subjectKeys }
  const temporal = createTemporalClient(
    { namespace },
    { connection, ...keys, subjectKeyIdOf: subjectKeys.subjectKeyIdOf },
  )

  await scene.says(`hello ${CANARY}`)
  await scene.hears(1)
  const { contact_id: contactId, id: conversationId } = (await read((tx) =>
    tx.row<{ contact_id: string; id: string }>(sql`select contact_id, id from conversations`),
  ))!
  const [run] = await scene.runs()
  const workflowId = `flow/${tenantId}/${run!.id}`
  const acting = { tenantId, actor: { kind: 'person', id: scene.agentId } } as const
  await read(async (tx) => {
    const change = { name: `Ana ${CANARY}`, email: `${CANARY}@example.com` }
    await changeContact(tx, acting, { id: contactId, change })
    await setConsent(tx, acting, {
      contactId,
      category: 'marketing',
      state: 'granted',
      source: CANARY,
      evidence: CANARY,
    })
    await tx.run(
      sql`update runs set interpreter = jsonb_set(interpreter, '{canary}', ${JSON.stringify(CANARY)}) where id = ${run!.id}`,
    )
  })
  const media = createSealedStore(createFileStore(join(engine.folder, 'media')), engine.keyRing)
  const key = mediaKey({ conversationId, messageId: 'm1', fileName: `${CANARY}.txt`, mimeType: 'text/plain' })
  await media.put(tenantId, key, Buffer.from(CANARY), { mimeType: 'text/plain', sizeBytesMax: 100 })
  await read((tx) =>
    tx.run(sql`
      insert into media_files (id, tenant_id, conversation_id, media_type, state, mime_type, file_name, storage_key)
      values (gen_random_uuid(), ${tenantId}, ${conversationId}, 'document', 'stored', 'text/plain', ${CANARY}, ${key})`),
  )
  await read((tx) =>
    tx.run(sql`
      insert into media_files (id, tenant_id, conversation_id, media_type, state, mime_type, file_name, storage_key)
      values (gen_random_uuid(), ${tenantId}, ${conversationId}, 'document', 'stored', 'text/plain', 'lost', 'media/x/y/z.txt')`),
  )
  const before = await findEverywhere([CANARY, person])
  assert.ok(before.length > 12, `canaries are in ${before.length} places`)
  const payloads = await sealedPayloads(temporal, workflowId)
  assert.ok((await openPayload(keys, payloads[0]!, undefined)).payload.data)
  await assert.rejects(openPayload({ keyRing: engine.keyRing }, payloads[0]!, undefined), { code: 'key_missing' })

  const exportId = await read((tx) => requestData(tx, acting, { contactId, kind: 'export' }))
  const ended = (id: string) =>
    eventually(
      'the request is done',
      async () => {
        const stored = await read((tx) => getDataRequest(tx, id))
        return stored?.request.state === 'done' && stored
      },
      60_000,
    )
  const exported = await ended(exportId)
  const archive = Buffer.from(await media.bytes(tenantId, exported.storageKey!)).toString('latin1')
  const parts = ['contact.json', 'messages-0001.json', 'runs-0001.json', 'media/', 'unreadable-files.json']
  for (const part of [...parts, `hello ${CANARY}`]) assert.ok(archive.includes(part), `the export has ${part}`)

  const startedAt = Date.now()
  const requestId = await read((tx) => requestData(tx, acting, { contactId, kind: 'erasure' }))
  const { request } = await ended(requestId)
  assert.ok(Date.now() - startedAt < 60_000)
  assert.deepEqual(await findEverywhere([CANARY, person]), [])
  const files = globSync('media/**/*', { cwd: engine.folder }).filter((file) => /\.(txt|tar)$/.test(file))
  assert.deepEqual(files, [])
  assert.equal(existsSync(join(engine.folder, 'media', tenantId, key)), false)

  const { rows, media: mediaCount, workflows, keyDestroyed } = request.report
  assert.ok(rows!['messages']! >= 2 && rows!['inbound_bodies']! >= 1 && rows!['events']! >= 3, JSON.stringify(rows))
  assert.deepEqual([mediaCount, keyDestroyed], [3, true])
  assert.ok(workflows!.ended >= 1 && workflows!.deleted >= 1)
  const cold = createSubjectKeys({ db: engine.db, keyRing: engine.keyRing, now: Date.now })
  await assert.rejects(openPayload({ keyRing: engine.keyRing, subjectKeys: cold }, payloads[0]!, undefined), {
    code: 'key_shredded',
  })
  const audit = await read((tx) => tx.rows<{ action: string }>(sql`select action from audit_log order by id`))
  assert.ok(audit.some(({ action }) => action === 'contacts.erased'))

  await scene.says('hello again')
  const returned = await eventually('the person is a new contact, to whom nothing is begun', async () => {
    const row = await read((tx) =>
      tx.row<{ id: string; count: number }>(sql`
        select c.id, (select count(*) from suppressions s where s.contact_id = c.id and s.reason = 'erased') as count
        from contacts c where c.erased_at is null`),
    )
    return row !== undefined && row.count === 2 && row
  })
  assert.notEqual(returned.id, contactId)
  // The server deletes at its own pace, about half a minute after it was told to.
  await eventually(
    'Temporal has forgotten the run',
    () =>
      temporal.workflow
        .getHandle(workflowId)
        .describe()
        .then(
          () => false as const,
          () => true as const,
        ),
    90_000,
  )
  await connection.close()
})
