import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { KeyRing } from '#infra/crypto/keyring.ts'
import { createDb, type Db, sql } from '#infra/db/tx.ts'
import { childEnv, settingsToEnv } from '#infra/env.ts'
import { sealChannelSecret } from '#infra/providers/channel-secrets.ts'
import { anyFreePort } from '../../scripts/start/ports.ts'
import { APP_SECRET, type Bench, startBench, TOKEN } from '../simulators/support.ts'
import { simulateObjects } from '../support/objects.ts'
import { freshDatabase, type TestDatabase } from '../support/postgres.ts'
import { makeTenant } from '../support/product.ts'
import { freshNamespace } from '../support/temporal.ts'

const ROOT = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'holdfast-doctor-'))
const rootKey = randomBytes(32)
const app = createServer((_, response) => response.end('{}'))
const mail = createTcpServer((socket) => {
  socket.on('error', () => undefined)
  socket.write('220 mail.test\r\n')
  socket.on('data', (line: Buffer) =>
    socket.write(line.toString().startsWith('QUIT') ? '221 bye\r\n' : '250 mail.test\r\n'),
  )
})
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port

let database: TestDatabase
let db: Db
let bench: Bench
let settings: Parameters<typeof settingsToEnv>[0]

before(async () => {
  for (const server of [app, mail]) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  const temporal = await freshNamespace()
  ;[database, bench] = await Promise.all([freshDatabase(), startBench()])
  db = createDb({ appUrl: database.urls.app, relayUrl: database.urls.relay })
  settings = {
    dataDir: folder,
    databaseMigrateUrl: database.urls.migrate,
    databaseAppUrl: database.urls.app,
    databaseRelayUrl: database.urls.relay,
    databaseAuthUrl: database.urls.auth,
    temporalAddress: temporal.address,
    temporalNamespace: temporal.namespace,
    publicUrl: `http://127.0.0.1:${portOf(app)}`,
    graphUrl: bench.url,
    smtpUrl: `smtp://127.0.0.1:${portOf(mail)}`,
    rootKey: rootKey.toString('base64'),
  }
  await connectNumber()
})
after(async () => {
  app.close()
  mail.close()
  await db.close()
  await database.drop()
  await bench.close()
  rmSync(folder, { recursive: true, force: true })
})

async function connectNumber(): Promise<void> {
  const { tenantId, channelId } = await makeTenant(db)
  const keyRing = new KeyRing([{ id: 'root', bytes: rootKey }])
  const seal = (secret: 'access_token' | 'app_secret', text: string) =>
    sealChannelSecret(keyRing, { tenantId, channelId, secret }, text)
  await db.tenant(tenantId, (tx) =>
    tx.run(sql`
      update channels set status = 'connected', external_id = ${bench.numberId}, name = 'Main desk', access_token = ${seal('access_token', TOKEN)},
        app_secret = ${seal('app_secret', APP_SECRET)}
      where id = ${channelId}`),
  )
}

type Finding = { about: string; state: string; says: string; wayOut?: string[] }

async function doctor(changes: Parameters<typeof settingsToEnv>[0] = {}): Promise<{ code: number; found: Finding[] }> {
  const env = childEnv(settingsToEnv({ ...settings, ...changes }))
  const child = spawn(process.execPath, ['scripts/doctor.ts', '--json'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  return {
    code: code as number,
    found: out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Finding),
  }
}

/** The database of tests is quick and not durable, which the doctor does not fail to see. */
const CARELESS = 'fsync is off.'
const illsOf = (found: readonly Finding[]) => found.filter(({ state, says }) => state === 'ill' && says !== CARELESS)

test('[SEC-06] the doctor goes through a house in which all is well, and says what it cannot tell', async () => {
  const { found } = await doctor()
  assert.deepEqual(illsOf(found), [])
  assert.equal(found.find(({ about }) => about === 'Database')!.says, CARELESS)
  const wanted = [
    'Data folder',
    'Encrypted disk',
    'Files',
    'Database',
    'Tables',
    'Queues',
    'Temporal',
    'App',
    'Numbers',
    'Mail',
  ]
  assert.deepEqual(
    found.map(({ about }) => about),
    wanted,
  )
  assert.match(found.find(({ about }) => about === 'Numbers')!.says, /1 connected/)
  const disk = found.find(({ about }) => about === 'Encrypted disk')!
  assert.ok(disk.state === 'well' || (disk.wayOut ?? []).length > 0)
})

test('what does not answer is named, each with its way out', async () => {
  const dead = await anyFreePort()
  const nobody = (url: string) => Object.assign(new URL(url), { port: String(dead) }).href
  const { code, found } = await doctor({
    databaseAppUrl: nobody(database.urls.app),
    databaseRelayUrl: nobody(database.urls.relay),
    temporalAddress: `127.0.0.1:${dead}`,
    publicUrl: `http://127.0.0.1:${dead}`,
    smtpUrl: `smtp://127.0.0.1:${dead}`,
  })
  assert.equal(code, 1)
  const ills = illsOf(found)
  for (const about of ['Database', 'Queues', 'Temporal', 'App', 'Numbers', 'Mail']) {
    assert.ok(
      ills.some((one) => one.about === about),
      `${about}: ${JSON.stringify(found)}`,
    )
  }
  for (const about of ['Database', 'Temporal', 'App', 'Mail']) {
    assert.ok((ills.find((one) => one.about === about)!.wayOut ?? []).length > 0, about)
  }
})

test('credentials that the provider refuses, and a root key that opens nothing, are told apart', async () => {
  await bench.control('POST', 'faults', { kind: 'token_invalid', count: 20 })
  const refused = illsOf((await doctor()).found)
  bench.simulator.sim.faults.clear()
  assert.deepEqual(
    refused.map(({ about }) => about),
    ['Numbers'],
  )
  assert.match(refused[0]!.says, /does not take the access token of Main desk/)
  const other = illsOf((await doctor({ rootKey: randomBytes(32).toString('base64') })).found)
  assert.match(other[0]!.says, /root key does not open the access token of Main desk/)
})

test('a bucket that holds the files is looked at, without a word of its secret', async (t) => {
  const objects = await simulateObjects()
  t.after(() => objects.close())
  const { s3Endpoint, s3Bucket } = objects.settings
  const files = async (changes: object) => {
    const { found } = await doctor({ ...objects.settings, ...changes })
    assert.ok(!JSON.stringify(found).includes(objects.settings.s3SecretKey!))
    return found.find(({ about }) => about === 'Files')!
  }
  const well = await files({})
  assert.deepEqual(
    [well.state, well.says],
    ['well', `They lie in the bucket ${s3Bucket} at ${new URL(s3Endpoint!).host}.`],
  )
  assert.equal(objects.store.world.objects.size, 0)
  const missing = await files({ s3Bucket: 'elsewhere' })
  assert.deepEqual([missing.state, missing.wayOut], ['ill', ['Make it, or correct HOLDFAST_S3_BUCKET.']])
  assert.match((await files({ s3SecretKey: 'wrong' })).says, /does not let us into .* \(403 SignatureDoesNotMatch\)/)
  assert.match((await files({ s3SecretKey: '' })).says, /HOLDFAST_S3_SECRET_KEY is not set/)
  objects.store.world.keepsVersions = true
  assert.match((await files({})).says, /keeps old versions/)
  await objects.close()
  assert.match((await files({})).says, /answers as an object store \(ECONNREFUSED\)/)
})

test('a namespace, a password and a table that are missing are found', async () => {
  const wrong = Object.assign(new URL(database.urls.auth), { password: 'wrong' }).href
  const { found } = await doctor({ temporalNamespace: 'nowhere', databaseAuthUrl: wrong })
  assert.deepEqual(
    illsOf(found).map(({ says }) => says),
    ['PostgreSQL refuses the password of holdfast_auth.', 'The namespace nowhere is not there.'],
  )
  const admin = new pg.Client({ connectionString: database.adminUrl })
  await admin.connect()
  const { rows } = await admin.query<{ name: string }>(
    `delete from migrations where name = (select max(name) from migrations) returning name`,
  )
  const tables = illsOf((await doctor()).found)
  assert.deepEqual(
    tables.map(({ about }) => about),
    ['Tables'],
  )
  assert.match(tables[0]!.says, /One change is missing/)
  await admin.query('insert into migrations (name) values ($1), ($2)', [rows[0]!.name, '9999-from-the-future'])
  const newer = (await doctor()).found.find(({ about }) => about === 'Tables')!
  assert.deepEqual([newer.state, /\(9999-from-the-future\)/.test(newer.says)], ['unsure', true])
  await admin.end()
})

test('webhooks that nobody takes are found', async () => {
  const { tenantId, channelId } = await makeTenant(db)
  await db.tenant(tenantId, (tx) =>
    tx.run(sql`
      insert into inbound_events (id, tenant_id, channel_id, body_id, key, kind, lane, item, received_at)
      values (${crypto.randomUUID()}, ${tenantId}, ${channelId}, ${crypto.randomUUID()}, 'k', 'message', 'l', '{}',
        now() - interval '12 minutes')`),
  )
  const queues = (await doctor()).found.find(({ about }) => about === 'Queues')!
  assert.deepEqual([queues.state, queues.says], ['ill', '1 webhooks wait, the oldest for 12 minutes.'])
})

test('a setting that cannot be read is the first thing to mend', async () => {
  const { code, found } = await doctor({ rootKey: 'short' })
  assert.equal(code, 1)
  assert.deepEqual(
    found.map(({ about }) => about),
    ['Settings'],
  )
  assert.match(found[0]!.says, /HOLDFAST_ROOT_KEY/)
})
