import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { ApplicationFailure } from '@temporalio/common'
import { MockActivityEnvironment } from '@temporalio/testing'
import { createMediaActivities, type MediaFetched } from '#activities/media.ts'
import { changeChannel } from '#infra/db/stores/channels.ts'
import { dueFetches, fetchAgain, noteFetchAsked, settleFetch } from '#infra/db/stores/media-fetches.ts'
import { queueBacklogs } from '#infra/db/stores/system-health.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import type { MediaStore } from '#infra/media/store.ts'
import type { ChannelSenders } from '#infra/providers/channel-senders.ts'
import { GraphError } from '#infra/providers/whatsapp/client.ts'
import { type MailboxTenant, openMailboxWorld } from './mailbox-world.ts'

const world = await openMailboxWorld()
after(() => world.close())
const { db } = world

type Answer = { httpStatus: number; code?: number; subcode?: number }
/** What the provider says to whoever asks for a file; undefined: it hands it out. */
let provider: Answer | undefined

const refusal = ({ httpStatus, code, subcode }: Answer) => {
  const error = { message: 'x', type: 'OAuthException', code, error_subcode: subcode }
  return new GraphError(
    { kind: 'answer', httpStatus, body: code === undefined ? '' : JSON.stringify({ error }) },
    'GET',
  )
}
const client = {
  getMedia: async () => {
    if (provider !== undefined) throw refusal(provider)
    return { url: 'https://x.fbsbx.com/1' }
  },
  downloadMedia: async () => ({ stream: Readable.from('bytes') }),
}
const media = { put: async (_tenant: string, key: string) => ({ key, sizeBytes: 5, sha256: 'a' }) }
const { fetchMedia } = createMediaActivities({
  db,
  media: media as unknown as MediaStore,
  senders: { clientOf: () => client } as unknown as ChannelSenders,
})

let person = 254_720_600_000

/** A contact has sent a picture, so many hours ago. */
async function sent(ageHours = 0): Promise<{ tenant: MailboxTenant; fileId: string }> {
  const tenant = await world.tenant()
  person += 1
  const image = { id: `${person}`, mime_type: 'image/png', sha256: 'x' }
  await tenant.writes(String(person), '', { message: { type: 'image', image } })
  await tenant.intake()
  const row = await tenant.read((tx) => tx.row<{ id: string }>(sql`select id from media_files`))
  const ago = new Date(Date.now() - ageHours * 3_600_000)
  await tenant.read(async (tx) => {
    await tx.run(sql`update media_files set created_at = ${ago}`)
    await tx.run(sql`update messages set sent_at = ${ago}`)
  })
  return { tenant, fileId: row!.id }
}

const attempt = ({ tenant, fileId }: Awaited<ReturnType<typeof sent>>): Promise<MediaFetched> =>
  new MockActivityEnvironment().run(fetchMedia, { tenantId: tenant.tenantId, fileId }) as Promise<MediaFetched>
const fileOf = async ({ tenant }: { tenant: MailboxTenant }) =>
  (await tenant.read((tx) =>
    tx.row<{ state: string; refused: boolean; attempts: number }>(
      sql`select state, refused_at is not null as refused, attempts from media_files`,
    ),
  ))!
const toldOf = ({ tenant }: { tenant: MailboxTenant }) =>
  tenant.read(async (tx) =>
    (
      await tx.rows<{ state: string }>(sql`
        select data ->> 'state' as state from events where type = 'media.changed' order by id`)
    ).map(({ state }) => state),
  )

const TOKEN_EXPIRED = { httpStatus: 401, code: 190 }

test('a file waits while the token is refused, and is fetched under a new one', async () => {
  for (const answer of [
    TOKEN_EXPIRED,
    { httpStatus: 403, code: 10 },
    { httpStatus: 403, code: 131_005 },
    { httpStatus: 403, code: 131_031 },
  ]) {
    const file = await sent()
    provider = answer
    assert.deepEqual(await attempt(file), { state: 'waiting' })
    assert.deepEqual([(await fileOf(file)).state, (await fileOf(file)).refused], ['pending', true])
    assert.equal(
      (await db.relay((relay) => queueBacklogs(relay, Date.now()))).media.count,
      0,
      'nobody of ours is behind',
    )
    provider = undefined
    assert.deepEqual(await attempt(file), { state: 'stored' })
    assert.deepEqual([(await fileOf(file)).state, (await fileOf(file)).refused], ['stored', false])
    assert.deepEqual(await toldOf(file), ['stored'])
  }
})

test('an outage is waited out; what the provider does not have, or has no more, has failed', async () => {
  const file = await sent()
  provider = { httpStatus: 503 }
  await assert.rejects(attempt(file), (error) => error instanceof ApplicationFailure && error.nonRetryable !== true)
  assert.equal((await fileOf(file)).state, 'pending')
  for (const answer of [
    { httpStatus: 400, code: 100, subcode: 33 },
    { httpStatus: 404 },
    { httpStatus: 400, code: 131_052 },
  ]) {
    const lost = await sent()
    provider = answer
    assert.deepEqual(await attempt(lost), { state: 'failed' })
    assert.deepEqual(await toldOf(lost), ['failed'])
  }
})

test('seven days after the message nothing waits any more: the last attempt settles it, or the dispatcher', async () => {
  for (const answer of [TOKEN_EXPIRED, { httpStatus: 503 }]) {
    const file = await sent(7 * 24 + 1)
    provider = answer
    assert.deepEqual(await attempt(file), { state: 'failed' })
    assert.equal((await fileOf(file)).state, 'failed')
  }
  const left = await sent(8 * 24 + 1)
  const due = (await db.relay((relay) => dueFetches(relay, 100))).find(({ id }) => id === left.fileId)
  assert.equal(due?.isOver, true)
})

test('what is still waited for is asked for again each hour, and at once when its number has a new token', async () => {
  const file = await sent(50)
  const { tenant, fileId } = file
  const due = async () => (await db.relay((relay) => dueFetches(relay, 100))).find(({ id }) => id === fileId)
  const asked = async () => {
    const found = await due()
    await tenant.read((tx) => noteFetchAsked(tx, found!))
    return found!.attempts
  }
  assert.equal((await due())?.isOver, false)
  assert.equal(await asked(), 0)
  assert.equal(await due(), undefined)
  await tenant.read((tx) => tx.run(sql`update media_files set created_at = created_at - interval '1 hour'`))
  assert.equal(await asked(), 51, 'what fetches it may have been ended')

  const acting = { tenantId: tenant.tenantId, actor: { kind: 'system' } as const }
  const change = { id: tenant.channelId, change: { accessToken: Buffer.from([1]) } }
  await tenant.read((tx) => changeChannel(tx, acting, { id: tenant.channelId, change: { name: 'Other' } }))
  assert.equal(await due(), undefined)
  await tenant.read((tx) => changeChannel(tx, acting, change))
  assert.equal((await due())?.attempts, 0)
  await tenant.read((tx) => noteFetchAsked(tx, { id: fileId, attempts: 52 }))
  assert.equal(await asked(), 0, 'who looked before does not mark the wish away')

  const settled = { tenantId: tenant.tenantId, fileId }
  await tenant.read((tx) => settleFetch(tx, settled, { state: 'failed', error: 'the old token' }))
  assert.equal(await due(), undefined)
  await tenant.read((tx) => changeChannel(tx, acting, change))
  assert.equal((await due())?.attempts, 0, 'what had failed for the old token comes again')
  assert.deepEqual(await toldOf(file), ['failed', 'pending'])
  await tenant.read((tx) => settleFetch(tx, settled, { state: 'failed', error: 'too late' }))
  await tenant.read((tx) => tx.run(sql`update messages set sent_at = now() - interval '169 hours'`))
  await tenant.read((tx) => fetchAgain(tx, acting, tenant.channelId))
  assert.equal((await fileOf(file)).state, 'failed', 'the provider has forgotten it')
})

test('a file whose message is gone is not waited for', async () => {
  const { tenant, fileId } = await sent()
  await tenant.read((tx) => tx.run(sql`update media_files set message_id = ${newId()} where id = ${fileId}`))
  assert.deepEqual(await attempt({ tenant, fileId }), { state: 'gone' })
  assert.equal((await fileOf({ tenant })).state, 'failed')
})
