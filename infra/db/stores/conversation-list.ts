import {
  type ActiveRun,
  COUNT_MAX,
  type Conversation,
  type ConversationCounts,
  type ConversationOwner,
  type ConversationQuery,
  type ConversationSummary,
} from '#domain/conversations/schema.ts'
import { DomainError } from '#domain/errors.ts'
import { Part, part, query } from '../query.ts'
import { iso, isoOrNull } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'
import { matchingContacts } from './contact-search.ts'

type Row = Omit<ConversationSummary, 'owner' | 'lastMessageAt' | 'windowExpiresAt' | 'snoozedUntil'> & {
  ownerKind: 'none' | 'user' | 'run'
  ownerId: string | null
  ownerName: string | null
  ownerFlowId: string | null
  lastMessageAt: Date
  lastMessageAtText: string
  windowExpiresAt: Date | null
  snoozedUntil: Date | null
}

// The label stands before the words, as in `labelledPreview`; a photo without a caption has nothing else to show.
const COLUMNS = part`
  select c.id, c.state, c.priority, c.needs_people as "needsPeople", c.unread_count as "unreadCount",
    c.held_count as "heldCount", c.last_message_at as "lastMessageAt", c.last_message_at::text as "lastMessageAtText",
    concat_ws(': ', c.last_message_label, nullif(c.last_message_preview, '')) as "lastMessagePreview",
    c.last_message_direction as "lastMessageDirection",
    c.window_expires_at as "windowExpiresAt", c.snoozed_until as "snoozedUntil",
    c.owner_kind as "ownerKind", c.owner_id as "ownerId", coalesce(p.name, f.name) as "ownerName", f.id as "ownerFlowId",
    jsonb_build_object('id', k.id, 'name', k.name, 'phone', k.phone, 'locale', k.locale) as contact,
    jsonb_build_object('id', h.id, 'kind', h.kind, 'name', h.name, 'displayPhone', h.display_phone) as channel,
    coalesce((select jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'color', t.color) order by lower(t.name))
      from conversation_tags vt join tags t on t.tenant_id = vt.tenant_id and t.id = vt.tag_id
      where vt.tenant_id = c.tenant_id and vt.conversation_id = c.id), '[]') as tags`

// The page is cut before anything is joined, so that a join never meets more rows than are shown.
const JOINED = part`
  join contacts k on k.tenant_id = c.tenant_id and k.id = c.contact_id
  join channels h on h.tenant_id = c.tenant_id and h.id = c.channel_id
  left join people p on c.owner_kind = 'user' and p.id = c.owner_id
  left join runs r on c.owner_kind = 'run' and r.tenant_id = c.tenant_id and r.id = c.owner_id
  left join flows f on f.tenant_id = r.tenant_id and f.id = r.flow_id`

function ownerOf(row: Row): ConversationOwner {
  if (row.ownerKind === 'user') return { kind: 'user', id: row.ownerId!, name: row.ownerName ?? '' }
  // A run's row outlives its conversation's ownership only by erasure; then nobody is shown rather than a broken link.
  if (row.ownerKind === 'run' && row.ownerFlowId !== null) {
    return { kind: 'run', id: row.ownerId!, flowId: row.ownerFlowId, name: row.ownerName ?? '' }
  }
  return { kind: 'none' }
}

function toSummary(row: Row): ConversationSummary {
  const {
    ownerKind: _kind,
    ownerId: _id,
    ownerName: _name,
    ownerFlowId: _flow,
    lastMessageAtText: _text,
    ...rest
  } = row
  return {
    ...rest,
    owner: ownerOf(row),
    lastMessageAt: iso(row.lastMessageAt),
    windowExpiresAt: isoOrNull(row.windowExpiresAt),
    snoozedUntil: isoOrNull(row.snoozedUntil),
  }
}

export type ConversationFilters = Pick<
  ConversationQuery,
  | 'state'
  | 'unread'
  | 'mine'
  | 'needsPeople'
  | 'q'
  | 'channelId'
  | 'contactId'
  | 'tagId'
  | 'from'
  | 'until'
  | 'field'
  | 'value'
> & {
  /** Whose `mine` is. */
  personId?: string | undefined
}

export type ListedConversation = { summary: ConversationSummary; position: [string, string] }

/**
 * The inbox, the last written to first (INB-01). The position is (last message, id) with microseconds as text.
 * Every filter is a statement of its own, so that Postgres plans each for the index that serves it.
 */
export async function listConversations(
  tx: Tx,
  { limit, after, ...filters }: ListPage & ConversationFilters,
): Promise<ListedConversation[]> {
  const matching = filters.q === undefined ? undefined : await matchingContacts(tx, part`v.contact_id`, filters.q)
  if (filters.q !== undefined && matching === undefined) return []
  if (filters.mine && filters.personId === undefined) return []
  const rows = await tx.rows<Row>(
    query(
      COLUMNS,
      part`from (select * from conversations v where true`,
      ...conditions(filters),
      matching,
      after && part`and (v.last_message_at, v.id) < (${after[0]}::timestamptz, ${after[1]}::uuid)`,
      part`order by v.last_message_at desc, v.id desc limit ${limit}) c`,
      JOINED,
      part`order by c.last_message_at desc, c.id desc`,
    ),
  )
  return rows.map((row) => ({ summary: toSummary(row), position: [row.lastMessageAtText, row.id] }))
}

function conditions(filters: ConversationFilters): Part[] {
  const { state, unread, mine, needsPeople, channelId, contactId, personId } = filters
  const parts: (Part | false | undefined)[] = [
    state === 'open' && part`and v.state <> 'closed'`,
    state !== undefined && state !== 'open' && part`and v.state = ${state}`,
    unread && part`and v.unread_count > 0`,
    mine && part`and v.owner_id = ${personId} and v.owner_kind = 'user'`,
    needsPeople && part`and v.needs_people`,
    channelId !== undefined && part`and v.channel_id = ${channelId}`,
    contactId !== undefined && part`and v.contact_id = ${contactId}`,
  ]
  return [...parts, ...wishes(filters)].filter((one): one is Part => Boolean(one))
}

/** INB-02, CONV-17: what only tags, the contact or the clock can say. A field without a value asks that it says anything at all. */
function wishes({ tagId, from, until, field, value }: ConversationFilters): (Part | false)[] {
  const says = value === undefined ? part`is not null` : part`= lower(${value})`
  return [
    tagId !== undefined &&
      part`and (v.contact_id in (select contact_id from contact_tags where tag_id = ${tagId})
        or v.id in (select conversation_id from conversation_tags where tag_id = ${tagId}))`,
    from !== undefined && part`and v.last_message_at >= ${from}::timestamptz`,
    until !== undefined && part`and v.last_message_at < ${until}::timestamptz`,
    field !== undefined &&
      part`and exists (select 1 from contacts k where k.tenant_id = v.tenant_id and k.id = v.contact_id
        and lower(k.fields ->> ${field}) ${says})`,
  ]
}

const view = (name: string, where: Part): Part =>
  part`(select count(*) from (select from conversations where ${where} limit ${COUNT_MAX}) v) as ${new Part([`"${name}"`], [])}`

/** Open conversations by view. Each count ends at COUNT_MAX, so that a full house does not make the inbox slow. */
export async function countConversations(tx: Tx, personId: string | undefined): Promise<ConversationCounts> {
  const views: [keyof ConversationCounts, Part][] = [
    ['open', part`state <> 'closed'`],
    ['bot', part`state = 'bot'`],
    ['queued', part`state = 'queued'`],
    ['assigned', part`state = 'assigned'`],
    ['snoozed', part`state = 'snoozed'`],
    ['mine', part`owner_id = ${personId ?? null} and owner_kind = 'user' and state <> 'closed'`],
    ['unread', part`unread_count > 0 and state <> 'closed'`],
    ['needsPeople', part`needs_people`],
  ]
  const columns = views.map(([name, where]) => view(name, where))
  const list = columns.reduce((rest, one) => part`${rest}, ${one}`)
  return (await tx.row<ConversationCounts>(query(part`select ${list}`)))!
}

type DetailRow = {
  tenantId: string
  epoch: number
  lastSeq: number
  handledSeq: number
  closeReason: string | null
  requiredSkills: string[]
  firstMessageAt: Date | null
  firstResponseAt: Date | null
  createdAt: Date
  closedAt: Date | null
}

export async function getConversation(tx: Tx, id: string): Promise<Conversation | undefined> {
  const row = await tx.row<Row>(query(COLUMNS, part`from conversations c`, JOINED, part`where c.id = ${id}`))
  if (row === undefined) return undefined
  const { tenantId, ...detail } = (await tx.row<DetailRow>(sql`
    select tenant_id as "tenantId", epoch, last_seq as "lastSeq", handled_seq as "handledSeq", close_reason as "closeReason",
      required_skills as "requiredSkills", first_message_at as "firstMessageAt", first_response_at as "firstResponseAt",
      created_at as "createdAt", closed_at as "closedAt"
    from conversations where id = ${id}`))!
  const runs = await tx.rows<Omit<ActiveRun, 'wakeAt' | 'startedAt'> & { wakeAt: Date | null; startedAt: Date }>(sql`
    select r.id, r.flow_id as "flowId", f.name as "flowName", r.state, r.posture, r.node_id as "nodeId",
      r.wake_at as "wakeAt", r.started_at as "startedAt"
    from runs r join flows f on f.tenant_id = r.tenant_id and f.id = r.flow_id
    where r.conversation_id = ${id} and r.state in ('starting', 'open', 'parked') order by r.started_at`)
  return {
    ...toSummary(row),
    ...detail,
    firstMessageAt: isoOrNull(detail.firstMessageAt),
    firstResponseAt: isoOrNull(detail.firstResponseAt),
    createdAt: iso(detail.createdAt),
    closedAt: isoOrNull(detail.closedAt),
    activeRuns: runs.map((run) => ({ ...run, wakeAt: isoOrNull(run.wakeAt), startedAt: iso(run.startedAt) })),
    workflowId: `conversation/${tenantId}/${id}`,
  }
}

/**
 * Refuses an act on a conversation that changed hands since its reader saw it, and holds its lock for the act.
 * @throws DomainError not_found, conversation_changed.
 */
export async function requireEpoch(tx: Tx, id: string, epoch: number | undefined): Promise<void> {
  const row = await tx.row<{ epoch: number }>(sql`select epoch from conversations where id = ${id} for update`)
  if (row === undefined) throw new DomainError('not_found', 'There is no such conversation.')
  if (epoch !== undefined && epoch !== row.epoch) {
    throw new DomainError('conversation_changed', 'This conversation changed hands meanwhile.')
  }
}
