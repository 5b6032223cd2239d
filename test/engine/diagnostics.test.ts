import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import type { CheckKey } from '#domain/diagnostics/checks.ts'
import type { DiagnosticCheck, DiagnosticRun } from '#domain/diagnostics/schema.ts'
import type { Notification } from '#domain/notifications/schema.ts'
import { sql } from '#infra/db/tx.ts'
import { sealChannelSecret } from '#infra/providers/channel-secrets.ts'
import { signBody } from '#infra/providers/whatsapp/signature.ts'
import { probeBody } from '#infra/providers/whatsapp/webhook-probe.ts'
import { keepDiagnosticSchedules } from '#worker/diagnostics.ts'
import { diagnosticsWorkflowId } from '#workflows/diagnostics/messages.ts'
import { type Engine, eventually, startEngine } from '../support/engine.ts'
import { openOffice } from '../support/office.ts'
import { openScene, type Scene } from './scene.ts'

/** A mail server that takes everybody, or nobody, or lets everybody wait. */
const mail = { mode: 'well' as 'well' | 'away' | 'hanging' | 'refusing', sockets: new Set<Socket>() }
const mailServer = createServer((socket) => {
  mail.sockets.add(socket)
  socket.on('error', () => undefined)
  if (mail.mode === 'away') return socket.destroy()
  if (mail.mode === 'hanging') return undefined
  socket.write('220 mail.test ready\r\n')
  socket.on('data', (line: Buffer) => {
    if (mail.mode === 'refusing') return socket.write('535 5.7.8 you are not welcome\r\n')
    return line.toString().startsWith('QUIT') ? socket.end('221 bye\r\n') : socket.write('250 mail.test\r\n')
  })
})

let engine: Engine
before(async () => {
  mailServer.listen(0, '127.0.0.1')
  await once(mailServer, 'listening')
  const address = mailServer.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  engine = await startEngine({ smtpUrl: `smtp://127.0.0.1:${port}` })
})
after(async () => {
  for (const socket of mail.sockets) socket.destroy()
  mailServer.close()
  process.stderr.write(engine?.complaints() ?? '')
  await engine?.stop()
})

type Office = Awaited<ReturnType<typeof openOffice>>
type House = { scene: Scene; office: Office; owner: string; run: () => Promise<DiagnosticRun> }

async function open(t: { after: (work: () => Promise<void>) => void }): Promise<House> {
  const scene = await openScene(engine)
  const office = await openOffice(engine, scene.tenantId, { temporal: scene.temporal })
  t.after(() => office.close())
  const owner = await office.member('owner')
  const run = async () => {
    const { id } = await office.call<DiagnosticRun>(owner, 'POST', '/diagnostics/runs')
    return ended({ office, owner }, id)
  }
  return { scene, office, owner, run }
}

const shown = ({ office, owner }: Pick<House, 'office' | 'owner'>, id: string) =>
  office.call<DiagnosticRun>(owner, 'GET', `/diagnostics/runs/${id}`)

const ended = (house: Pick<House, 'office' | 'owner'>, id: string) =>
  eventually(
    'the run is over',
    async () => {
      const run = await shown(house, id)
      return run.endedAt !== null && run
    },
    90_000,
  )

const checkOf = (run: DiagnosticRun, key: CheckKey): DiagnosticCheck => {
  const check = run.checks.find((one) => one.key === key)
  assert.ok(check, `${key} was looked at`)
  return check
}
const foundBy = (run: DiagnosticRun, key: CheckKey) => checkOf(run, key).findings.map(({ code, fix }) => [code, fix])
const statuses = (run: DiagnosticRun) => Object.fromEntries(run.checks.map(({ key, status }) => [key, status]))

/** Everything that a message of a contact would leave behind. */
const traces = ({ read }: Scene) =>
  read((tx) =>
    tx.row<Record<string, number>>(sql`
      select (select count(*) from contacts) as contacts, (select count(*) from conversations) as conversations,
        (select count(*) from messages) as messages, (select count(*) from channel_events) as "channelEvents",
        (select count(*) from events where type <> 'diagnostics.ended') as events, (select count(*) from bells) as bells,
        (select count(*) from inbound_bodies) as bodies, (select count(*) from inbound_events) as items`),
  )

const setSecret = ({ read, tenantId, channelId }: Scene, secret: 'access_token' | 'app_secret', text: string) => {
  const sealed = sealChannelSecret(engine.keyRing, { tenantId, channelId, secret }, text)
  return read((tx) =>
    secret === 'access_token'
      ? tx.run(sql`update channels set access_token = ${sealed} where id = ${channelId}`)
      : tx.run(sql`update channels set app_secret = ${sealed} where id = ${channelId}`),
  )
}

test('[ANLY-27] [ANLY-28] one click looks at every part, and the probe that goes the real way leaves nothing behind', async (t) => {
  const { scene, run, office, owner } = await open(t)
  await scene.says('hello')
  await scene.until('people are called', ({ state, handled_seq }) => state === 'queued' && handled_seq === 1)
  const before = await traces(scene)
  const asked = await office.call<DiagnosticRun>(owner, 'POST', '/diagnostics/runs')
  assert.deepEqual([asked.state, asked.checks.length, asked.cause], ['waiting', 12, 'person'])
  await assert.rejects(office.call(owner, 'POST', '/diagnostics/runs'), /409/, 'one at a time')
  const first = await ended({ office, owner }, asked.id)
  assert.equal(first.result, 'passed', JSON.stringify(first.checks, null, 1))
  const { webhooks, ...rest } = statuses(first)
  assert.equal(webhooks, 'skipped', 'nobody is told of events')
  assert.deepEqual([...new Set(Object.values(rest))], ['passed'])
  assert.deepEqual(await traces(scene), before)
  const facts = checkOf(first, 'round_trip').facts as { answeredMs: number; tookMs: number }
  assert.ok(facts.tookMs >= facts.answeredMs)
  assert.match(String(checkOf(first, 'database').facts['version']), /^\d+\.\d+/)
  const { last_inbound_at: heard } = (await scene.read((tx) =>
    tx.row<{ last_inbound_at: Date }>(sql`select last_inbound_at from channels`),
  ))!
  await run()
  const { last_inbound_at: heardAgain } = (await scene.read((tx) =>
    tx.row<{ last_inbound_at: Date }>(sql`select last_inbound_at from channels`),
  ))!
  assert.deepEqual(heardAgain, heard, 'a probe is nothing that the number has heard')
  const { items } = await office.call<{ items: DiagnosticRun[] }>(owner, 'GET', '/diagnostics/runs')
  assert.deepEqual(
    items.map(({ state, counts }) => [state, counts.total, counts.passed, counts.skipped]),
    [
      ['done', 12, 11, 1],
      ['done', 12, 11, 1],
    ],
  )
})

test('[ANLY-29] the last webhook is replayed byte by byte: taken when it is signed, and never twice', async (t) => {
  const { scene, run } = await open(t)
  const unheard = await run()
  assert.deepEqual(foundBy(unheard, 'replay'), [['nothing_to_replay', null]])
  await scene.says('once')
  await scene.until('the message is there', (row) => row.last_seq === 1)
  const replayed = checkOf(await run(), 'replay')
  assert.deepEqual([replayed.status, replayed.facts['items']], ['passed', 1])
  assert.equal((await scene.conversation()).last_seq, 1)
})

test('[ANLY-28] an expired token is found where it is, with the page that mends it', async (t) => {
  const { scene, run } = await open(t)
  await setSecret(scene, 'access_token', 'not-the-token')
  const found = await run()
  assert.equal(found.result, 'failed')
  assert.deepEqual(foundBy(found, 'credentials'), [['token_invalid', 'enter_token']])
  assert.equal(checkOf(found, 'credentials').channel?.id, scene.channelId)
  assert.equal(statuses(found)['round_trip'], 'passed', 'what comes in does not need the token')
  assert.doesNotMatch(JSON.stringify(found), /not-the-token/)
})

test('[ANLY-28] [ANLY-29] the probe of the provider is signed, so a wrong app secret is found before a webhook is lost', async (t) => {
  const { scene, run } = await open(t)
  await setSecret(scene, 'app_secret', 'the-secret-of-another-app')
  const found = await run()
  assert.deepEqual(foundBy(found, 'credentials'), [['app_secret_wrong', 'enter_app_secret']])
})

test('[ANLY-28] webhooks that go elsewhere are found', async (t) => {
  const { scene, run } = await open(t)
  const other = `${engine.webhookUrl}/webhooks/whatsapp/${(await engine.tenant()).webhookKey}`
  const answer = await fetch(`${engine.simulator.url}/v25.0/${scene.phoneNumberId}`, {
    method: 'POST',
    headers: { authorization: 'Bearer access-token', 'content-type': 'application/json' },
    body: JSON.stringify({ webhook_configuration: { override_callback_uri: other, verify_token: 'verify-token' } }),
  })
  assert.equal(answer.status, 200)
  const found = await run()
  assert.deepEqual(foundBy(found, 'subscription'), [['webhook_elsewhere', 'point_webhook']])
  assert.doesNotMatch(JSON.stringify(found), /\/webhooks\/whatsapp\//, 'the path of a webhook is a secret')
})

test('[ANLY-28] mail that is away, and mail that does not let us in, are two findings', async (t) => {
  const { run } = await open(t)
  t.after(() => {
    mail.mode = 'well'
  })
  mail.mode = 'away'
  const away = await run()
  assert.deepEqual(foundBy(away, 'mail'), [['mail_unreachable', 'operator_mail']])
  assert.equal(Object.values(statuses(away)).filter((status) => status === 'failed').length, 1)
  mail.mode = 'refusing'
  assert.deepEqual(foundBy(await run(), 'mail'), [['mail_refused', 'operator_mail']])
})

test('[ANLY-29] a probe that no run has sent does nothing, however it is signed', async (t) => {
  const { scene } = await open(t)
  await scene.says('hello')
  await scene.until('people are called', ({ state, handled_seq }) => state === 'queued' && handled_seq === 1)
  const before = await traces(scene)
  const url = `${engine.webhookUrl}/webhooks/whatsapp/${scene.webhookKey}`
  const body = probeBody({ businessAccountId: '1', phoneNumberId: scene.phoneNumberId, token: 'made up' })
  const post = (signature: string) =>
    fetch(url, { method: 'POST', body: Buffer.from(body), headers: { 'x-hub-signature-256': signature } })
  assert.equal((await post(signBody(body, 'another secret'))).status, 401)
  assert.equal((await post(signBody(body, 'app-secret'))).status, 200)
  const item = await eventually('it is done with', () =>
    scene.read((tx) =>
      tx.row<{ error: string }>(sql`select error from inbound_events where kind = 'probe' and state = 'done'`),
    ),
  )
  assert.equal(item.error, 'unknown_probe')
  assert.deepEqual(await traces(scene), { ...before, bodies: 2, items: 2 })
})

test('[ANLY-27] a run is cancelled while a check hangs: what was found stays, the rest is left out', async (t) => {
  const { scene, office, owner } = await open(t)
  t.after(() => {
    mail.mode = 'well'
  })
  mail.mode = 'hanging'
  const { id } = await office.call<DiagnosticRun>(owner, 'POST', '/diagnostics/runs')
  await eventually(
    'mail is being asked',
    async () => statuses(await shown({ office, owner }, id))['mail'] === 'running',
  )
  const cancelled = await office.call<DiagnosticRun>(owner, 'POST', `/diagnostics/runs/${id}/cancel`)
  assert.deepEqual([cancelled.state, cancelled.result], ['cancelled', null])
  assert.deepEqual(foundBy(cancelled, 'mail'), [['cancelled', null]])
  const handle = scene.temporal.workflow.getHandle(diagnosticsWorkflowId(scene.tenantId, id))
  await eventually('the workflow is over', async () => (await handle.describe()).status.name === 'CANCELLED', 60_000)
  assert.deepEqual(await shown({ office, owner }, id), cancelled)
  await assert.rejects(office.call(owner, 'POST', `/diagnostics/runs/${id}/cancel`), /409/)
  mail.mode = 'well'
  const again = await office.call<DiagnosticRun>(owner, 'POST', '/diagnostics/runs')
  assert.equal((await ended({ office, owner }, again.id)).result, 'passed')
})

test('[ANLY-32] the daily run tells whoever runs the workspace what newly fails, once, and when all is well again', async (t) => {
  const { scene, office, owner } = await open(t)
  const agent = await office.member('agent')
  const quiet = () => undefined
  const deps = {
    ...{ db: engine.db, temporal: scene.temporal, now: Date.now, links: { publicUrl: undefined } },
    log: { info: quiet, warn: quiet, error: quiet } as never,
  }
  const daily = async (): Promise<DiagnosticRun> => {
    await scene.read((tx) => tx.run(sql`update diagnostic_schedules set next_at = now() - interval '1 minute'`))
    await keepDiagnosticSchedules(deps)
    const { items } = await office.call<{ items: DiagnosticRun[] }>(owner, 'GET', '/diagnostics/runs')
    assert.equal(items[0]!.cause, 'schedule')
    return ended({ office, owner }, items[0]!.id)
  }
  const told = async (personId: string) =>
    (await office.call<{ items: Notification[] }>(personId, 'GET', '/notifications')).items.map(({ kind }) => kind)

  await office.call(owner, 'PATCH', '/diagnostics/schedule', { enabled: true })
  assert.equal((await daily()).result, 'passed')
  assert.deepEqual(await told(owner), [])
  await setSecret(scene, 'access_token', 'not-the-token')
  assert.equal((await daily()).result, 'failed')
  assert.deepEqual(await told(owner), ['diagnostics_failing'])
  assert.equal((await daily()).result, 'failed')
  assert.deepEqual(await told(owner), ['diagnostics_failing'], 'what goes on failing is told once')
  await setSecret(scene, 'access_token', 'access-token')
  assert.equal((await daily()).result, 'passed')
  assert.deepEqual(await told(owner), ['diagnostics_well', 'diagnostics_failing'])
  assert.deepEqual(await told(agent), [])

  const off = await office.call<{ nextAt: string | null }>(owner, 'PATCH', '/diagnostics/schedule', { enabled: false })
  assert.equal(off.nextAt, null)
  await scene.read((tx) => tx.run(sql`update diagnostic_schedules set next_at = now() - interval '1 minute'`))
  await keepDiagnosticSchedules(deps)
  const { items } = await office.call<{ items: DiagnosticRun[] }>(owner, 'GET', '/diagnostics/runs')
  assert.equal(items.length, 4, 'switched off, nothing is asked for')
})

test('[ANLY-28] without a worker a run says so itself instead of waiting for ever', async (t) => {
  const { office, owner } = await open(t)
  const worker = engine.processes.get('worker')!
  worker.kill('SIGTERM')
  await once(worker, 'exit')
  t.after(async () => void (await engine.start('worker')))
  const { id } = await office.call<DiagnosticRun>(owner, 'POST', '/diagnostics/runs')
  const found = await ended({ office, owner }, id)
  assert.deepEqual(foundBy(found, 'temporal'), [['temporal_no_workers', 'operator_temporal']])
  assert.deepEqual(foundBy(found, 'database'), [['not_reached', null]])
  assert.equal(found.result, 'failed')
})
