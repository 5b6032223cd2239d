import { LEAD_CAPTURE } from '#domain/flows/samples/lead-capture.ts'
import { ORDER_STATUS } from '#domain/flows/samples/order-status.ts'
import { WELCOME_MENU } from '#domain/flows/samples/welcome-menu.ts'
import type { Acting } from '#infra/db/stores/acting.ts'
import { createCalendar } from '#infra/db/stores/calendars.ts'
import { createCustomField } from '#infra/db/stores/custom-fields.ts'
import { createFlow, publishFlow } from '#infra/db/stores/flows.ts'
import { createTag } from '#infra/db/stores/tags.ts'
import { type Db, sql, type Tx } from '#infra/db/tx.ts'
import type { MediaStore } from '#infra/media/store.ts'
import { writeCast } from './cast.ts'
import type { DemoHouse } from './houses.ts'
import { type Actor, type SceneRows, type Stage, sceneRows } from './scene-rows.ts'
import { seedNumber } from './seeded.ts'
import { writeScenes } from './write-scenes.ts'

export type FurnishRequest = {
  acting: Acting
  house: DemoHouse
  /** Ids of the people, by e-mail. */
  personIds: ReadonlyMap<string, string>
  channel: { id: string; businessAccountId: string } | undefined
  nowMs: number
}

/** What the phone simulator is told afterwards: who wrote last, and who writes now. */
export type Played = { lastWords: { actor: Actor; words: NonNullable<SceneRows['lastWords']> }[]; newcomers: Actor[] }

/**
 * Fills a tenant that is not furnished yet, all at once: a start that breaks off leaves nothing half done.
 * @returns undefined when it was furnished before.
 */
export async function furnish(
  { db, media }: { db: Db; media: MediaStore },
  request: FurnishRequest,
): Promise<Played | undefined> {
  const { tenantId } = request.acting
  return db.tenant(tenantId, async (tx) => {
    const fresh = await tx.run(sql`
      update tenants set settings = settings || '{"demo": true}' where id = ${tenantId} and not settings ? 'demo'`)
    if (fresh === 0) return undefined
    await writeHours(tx, request)
    const { house, acting, channel, nowMs } = request
    const tagIds = new Map<string, string>()
    for (const tag of house.tags) tagIds.set(tag.name, (await createTag(tx, acting, tag)).id)
    for (const field of house.fields) await createCustomField(tx, acting, field)
    const businessAccountId = channel?.businessAccountId
    const cast = await writeCast(tx, { tenantId, house, fields: house.fields, nowMs, businessAccountId, tagIds })
    const flows = await writeFlows(tx, request)
    if (channel === undefined) return { lastWords: [], newcomers: [] }
    const agents = house.agents.map((email) => request.personIds.get(email)!)
    return playScenes(tx, media, { house, cast, stage: { tenantId, channelId: channel.id, agents, flows, nowMs } })
  })
}

async function writeHours(tx: Tx, { acting, house }: FurnishRequest): Promise<void> {
  const week = house.hours.flatMap(({ days, spans }) => days.map((day) => ({ day, spans })))
  const holidays = house.holidays.map((holiday) => ({ ...holiday, yearly: true, spans: [] }))
  const name = house.locale === 'es' ? 'Horario de tienda' : 'Shop hours'
  await createCalendar(tx, acting.tenantId, { name, timeZone: house.timeZone, week, holidays, isDefault: true })
}

async function writeFlows(tx: Tx, { acting, house }: FurnishRequest): Promise<Stage['flows']> {
  // The catch-all comes last, so that a keyword is heard before it.
  const samples = { order: [ORDER_STATUS, 50], lead: [LEAD_CAPTURE, 60], welcome: [WELCOME_MENU, 900] } as const
  const made: Partial<Record<keyof Stage['flows'], { flowId: string; versionId: string }>> = {}
  for (const [key, [sample, priority]] of Object.entries(samples) as [
    keyof typeof samples,
    (typeof samples)['order'],
  ][]) {
    const definition = sample.definition[house.language]
    const name = sample.name[house.language]
    const description = sample.description[house.language]
    const flowId = await createFlow(tx, acting, { name, description, priority, draft: definition })
    const published = await publishFlow(tx, acting, { id: flowId, version: 1, definition, note: '', enable: true })
    made[key] = { flowId, versionId: published.versionId }
  }
  return made as Stage['flows'] // Every key of samples was just made.
}

const NEWCOMERS_COUNT = 4

async function playScenes(
  tx: Tx,
  media: MediaStore,
  { house, cast, stage }: { house: DemoHouse; cast: readonly Actor[]; stage: Stage },
): Promise<Played> {
  const extras = cast.slice(house.named.length)
  let used = seedNumber(5, house.key)
  const played = house.scenes.map((scene) => {
    const actor = scene.contact === undefined ? extras[used++ % extras.length]! : cast[scene.contact]!
    return { actor, rows: sceneRows(stage, scene, actor) }
  })
  for (const { key, drawn } of played.flatMap(({ rows }) => rows.files)) {
    await media.put(stage.tenantId, key, drawn.bytes, { mimeType: drawn.mimeType, sizeBytesMax: drawn.bytes.length })
  }
  await writeScenes(
    tx,
    stage,
    played.map(({ rows }) => rows),
  )
  await tx.run(sql`
    update contacts c set last_seen_at = v.at from (
      select contact_id, max(last_message_at) as at from conversations where tenant_id = ${stage.tenantId} group by contact_id
    ) v where c.id = v.contact_id`)
  return {
    lastWords: played.flatMap(({ actor, rows }) =>
      rows.lastWords === undefined ? [] : [{ actor, words: rows.lastWords }],
    ),
    newcomers: extras.slice(-NEWCOMERS_COUNT),
  }
}
