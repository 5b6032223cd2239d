import type { Json } from '#domain/conditions/json.ts'
import { DomainError } from '#domain/errors.ts'
import type { Actor } from '#domain/events/schema.ts'
import { messageText } from '#domain/flows/answers.ts'
import type { TriggerFacts } from '#domain/flows/run.ts'
import { matchTriggers, type TriggerableFlow, type TriggerEvent, type TriggerMatch } from '#domain/flows/triggers.ts'
import { HOUR_MS } from '#domain/time.ts'
import { sql, type Tx } from '../../tx.ts'
import { audit } from '../audit.ts'
import type { LockedConversation } from './conversation-row.ts'
import { lockLatestConversation } from './conversation-row.ts'
import type { InboundRow } from './conversation-turn.ts'
import type { Definitions } from './definitions.ts'
import { loadFlowFacts } from './flow-facts.ts'
import { type RunCause, startRun } from './runs.ts'

type FlowRow = { id: string; published_version_id: string; priority: number; created_at: Date }

/** The flows that may start now: published and switched on. Their definitions come from memory. */
export async function triggerableFlows(tx: Tx, tenantId: string, definitions: Definitions): Promise<TriggerableFlow[]> {
  const rows = await tx.rows<FlowRow>(sql`
    select id, published_version_id, priority, created_at from flows
    where tenant_id = ${tenantId} and enabled and published_version_id is not null and archived_at is null`)
  const known = await definitions.of(
    tx,
    rows.map((row) => row.published_version_id),
  )
  return rows.flatMap((row) => {
    const definition = known[row.published_version_id]
    if (definition === undefined) return []
    return [
      {
        id: row.id,
        flowVersionId: row.published_version_id,
        priority: row.priority,
        createdAtMs: row.created_at.getTime(),
        triggers: definition.triggers,
      },
    ]
  })
}

type Matching = { tenantId: string; contactId: string; definitions: Definitions; nowMs: number; event: TriggerEvent }

async function matches(tx: Tx, { tenantId, contactId, definitions, nowMs, event }: Matching): Promise<TriggerMatch[]> {
  const flows = await triggerableFlows(tx, tenantId, definitions)
  if (flows.length === 0) return []
  return matchTriggers(event, flows, { facts: await loadFlowFacts(tx, contactId), nowMs })
}

/**
 * Starts the flow that a message asks for. The message is the trigger's, so it is consumed; with the floor given in the
 * same transaction, what follows belongs to the run.
 */
export async function startForMessage(
  tx: Tx,
  input: {
    tenantId: string
    conversation: LockedConversation
    message: InboundRow
    definitions: Definitions
    nowMs: number
  },
): Promise<boolean> {
  const { tenantId, conversation, message } = input
  const { contactId } = conversation
  const event: TriggerEvent = {
    kind: 'message',
    text: messageText(message.content),
    seq: message.seq,
    isFirst: message.seq === 1 && (await isFirstConversation(tx, tenantId, conversation)),
  }
  const [match] = await matches(tx, { ...input, contactId, event })
  if (match === undefined) return false
  const { started } = await startRun(tx, {
    tenantId,
    flowId: match.flow.id,
    flowVersionId: match.flow.flowVersionId,
    contactId,
    conversation,
    cause: { key: `message:${message.id}`, trigger: match.facts },
    priority: match.flow.priority,
    actor: { kind: 'contact', id: contactId },
  })
  return started
}

async function isFirstConversation(tx: Tx, tenantId: string, conversation: LockedConversation): Promise<boolean> {
  const earlier = await tx.row(sql`
    select 1 from conversations where tenant_id = ${tenantId} and contact_id = ${conversation.contactId}
      and channel_id = ${conversation.channelId} and id <> ${conversation.id} limit 1`)
  return earlier === undefined
}

/** Where a run that no message started will speak: the latest conversation with the contact, open or not. */
async function conversationFor(
  tx: Tx,
  { tenantId, contactId, channelId }: { tenantId: string; contactId: string; channelId?: string },
): Promise<LockedConversation | undefined> {
  const latest = await tx.row<{ channel_id: string }>(sql`
    select channel_id from conversations where tenant_id = ${tenantId} and contact_id = ${contactId}
      and (${channelId ?? null}::uuid is null or channel_id = ${channelId ?? null}) order by last_message_at desc limit 1`)
  if (latest === undefined) return undefined
  return lockLatestConversation(tx, { tenantId, channelId: latest.channel_id, contactId })
}

/** Flows that start flows: which flows led here, the first one first. A longer chain than this is a loop. */
export type CauseChain = readonly string[]
export const CHAIN_MAX = 5
/** How many flows changes of one contact may start within an hour, whoever makes the changes. */
export const STARTS_PER_HOUR = 20

/** `refused`: a guard against loops of flows held; who runs the flows can read in the audit log which and why. */
export type ContactStarts = { started: number; refused?: 'chain_too_long' | 'too_many_starts' }

/**
 * Starts the flows that a change of a contact asks for. `changeKey` names the change, so that telling of it twice starts
 * nothing twice. A flow that makes the very change that starts it comes to an end, by its chain or by the hour.
 */
export async function startForContactChange(
  tx: Tx,
  input: {
    tenantId: string
    contactId: string
    event: Extract<TriggerEvent, { kind: 'contact_field_changed' | 'contact_tagged' }>
    changeKey: string
    actor: Actor
    chain?: CauseChain
    definitions: Definitions
    nowMs: number
  },
): Promise<ContactStarts> {
  const { tenantId, contactId, chain = [] } = input
  const found = await matches(tx, input)
  if (found.length === 0) return { started: 0 }
  const conversation = await conversationFor(tx, input)
  if (conversation === undefined) return { started: 0 }
  let started = 0
  for (const match of found) {
    const flowId = match.flow.id
    const refused = chain.length >= CHAIN_MAX ? 'chain_too_long' : await countStart(tx, input)
    if (refused !== undefined) {
      if (refused !== 'counted_out') await noteRefusal(tx, { tenantId, contactId, flowId, reason: refused })
      return { started, refused: refused === 'counted_out' ? 'too_many_starts' : refused }
    }
    const cause: RunCause & { chain: CauseChain } = { key: `contact:${input.changeKey}`, trigger: match.facts, chain }
    const run = await startRun(tx, {
      tenantId,
      flowId,
      flowVersionId: match.flow.flowVersionId,
      contactId,
      conversation,
      cause,
      priority: match.flow.priority,
      actor: input.actor,
    })
    if (run.started) started += 1
  }
  return { started }
}

/** @returns why no more may start: said once an hour in full, then only that it is so. */
async function countStart(
  tx: Tx,
  { tenantId, contactId, nowMs }: { tenantId: string; contactId: string; nowMs: number },
): Promise<'too_many_starts' | 'counted_out' | undefined> {
  const [now, end] = [new Date(nowMs), new Date(nowMs + HOUR_MS)]
  const row = await tx.row<{ count: number }>(sql`
    insert into flow_start_counts as c (tenant_id, contact_id, window_end, count) values (${tenantId}, ${contactId}, ${end}, 1)
    on conflict (tenant_id, contact_id) do update set
      count = case when c.window_end <= ${now} then 1 else c.count + 1 end,
      window_end = case when c.window_end <= ${now} then excluded.window_end else c.window_end end
    returning count`)
  if (row!.count <= STARTS_PER_HOUR) return undefined
  return row!.count === STARTS_PER_HOUR + 1 ? 'too_many_starts' : 'counted_out'
}

function noteRefusal(
  tx: Tx,
  { tenantId, flowId, ...detail }: { tenantId: string; flowId: string; contactId: string; reason: string },
): Promise<void> {
  const actor = { kind: 'system', id: 'triggers' } as const
  return audit(tx, { tenantId, actor, action: 'flows.start_refused', subject: { type: 'flow', id: flowId }, detail })
}

/** The chain of flows behind what a run did, itself included. */
export async function chainBehind(tx: Tx, actor: Actor): Promise<CauseChain> {
  if (actor.kind !== 'run') return []
  const run = await tx.row<{ flow_id: string; chain: string[] | null }>(sql`
    select flow_id, cause -> 'chain' as chain from runs where id = ${actor.id}`)
  return run === undefined ? [] : [...(run.chain ?? []), run.flow_id]
}

/**
 * Starts one flow for one contact because its time has come. The same instant starts it once, however often it is asked.
 * @returns whether the contact has it now; not when there is no conversation to speak in.
 */
export async function startForTime(
  tx: Tx,
  input: {
    tenantId: string
    contactId: string
    flow: TriggerableFlow
    trigger: TriggerFacts
    atMs: number
  },
): Promise<boolean> {
  const { tenantId, contactId, flow } = input
  const conversation = await conversationFor(tx, input)
  if (conversation === undefined) return false
  await startRun(tx, {
    tenantId,
    flowId: flow.id,
    flowVersionId: flow.flowVersionId,
    contactId,
    conversation,
    cause: { key: `time:${flow.id}:${new Date(input.atMs).toISOString()}`, trigger: input.trigger },
    priority: flow.priority,
    actor: { kind: 'system', id: 'clock' },
  })
  return true
}

/** Starts one flow for one contact because somebody outside asked. The same key starts it once. */
export async function startForApi(
  tx: Tx,
  input: {
    tenantId: string
    flowId: string
    contactId: string
    channelId?: string
    key: string
    variables?: Record<string, Json>
    actor: Actor
    definitions: Definitions
    nowMs: number
  },
): Promise<{ runId: string; started: boolean }> {
  const { tenantId, flowId, contactId, variables } = input
  const contact = await tx.row(sql`select 1 from contacts where tenant_id = ${tenantId} and id = ${contactId}`)
  if (contact === undefined) throw new DomainError('not_found', 'There is no such contact.')
  const event: TriggerEvent = { kind: 'api', flowId, ...(variables === undefined ? {} : { data: variables }) }
  const [match] = await matches(tx, { ...input, event })
  if (match === undefined) {
    throw new DomainError('flow_not_published', `Flow ${flowId} is not switched on, or has no trigger for the API.`)
  }
  const conversation = await conversationFor(tx, input)
  if (conversation === undefined) throw new DomainError('not_found', `Contact ${contactId} has no conversation yet.`)
  return startRun(tx, {
    tenantId,
    flowId,
    flowVersionId: match.flow.flowVersionId,
    contactId,
    conversation,
    cause: { key: `api:${input.key}`, trigger: match.facts, ...(variables === undefined ? {} : { variables }) },
    priority: match.flow.priority,
    actor: input.actor,
  })
}
