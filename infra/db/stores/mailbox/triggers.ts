import type { Json } from '#domain/conditions/json.ts'
import { DomainError } from '#domain/errors.ts'
import type { Actor } from '#domain/events/schema.ts'
import { messageText } from '#domain/flows/answers.ts'
import { matchTriggers, type TriggerableFlow, type TriggerEvent, type TriggerMatch } from '#domain/flows/triggers.ts'
import { sql, type Tx } from '../../tx.ts'
import type { LockedConversation } from './conversation-row.ts'
import { lockLatestConversation } from './conversation-row.ts'
import type { InboundRow } from './conversation-turn.ts'
import type { Definitions } from './definitions.ts'
import { loadFlowFacts } from './flow-facts.ts'
import { startRun } from './runs.ts'

type FlowRow = { id: string; published_version_id: string; priority: number; created_at: Date }

/** The flows that may start now: published and switched on. Their definitions come from memory. */
async function triggerableFlows(tx: Tx, tenantId: string, definitions: Definitions): Promise<TriggerableFlow[]> {
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

/**
 * Starts the flows that a change of a contact asks for. `changeKey` names the change, so that telling of it twice starts
 * nothing twice.
 */
export async function startForContactChange(
  tx: Tx,
  input: {
    tenantId: string
    contactId: string
    event: Extract<TriggerEvent, { kind: 'contact_field_changed' | 'contact_tagged' }>
    changeKey: string
    actor: Actor
    definitions: Definitions
    nowMs: number
  },
): Promise<number> {
  const found = await matches(tx, input)
  if (found.length === 0) return 0
  const conversation = await conversationFor(tx, input)
  if (conversation === undefined) return 0
  let count = 0
  for (const match of found) {
    const { started } = await startRun(tx, {
      tenantId: input.tenantId,
      flowId: match.flow.id,
      flowVersionId: match.flow.flowVersionId,
      contactId: input.contactId,
      conversation,
      cause: { key: `contact:${input.changeKey}`, trigger: match.facts },
      priority: match.flow.priority,
      actor: input.actor,
    })
    if (started) count += 1
  }
  return count
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
