import type { Actor, EventType, SubjectType } from '#domain/events/schema.ts'
import { newId } from '#infra/ids.ts'
import { sql, type Tx } from '../tx.ts'

export type NewEvent = {
  /** Given by whoever keeps something beside the event. */
  id?: string
  tenantId: string
  type: EventType
  actor: Actor
  subject: { type: SubjectType; id: string }
  conversationId?: string
  cause?: Record<string, unknown>
  correlationId?: string
  /** Ids and facts; never what people wrote, because readers outside the tenant's transaction see it. */
  data?: Record<string, unknown>
}

/** Appends events in the transaction of the change they tell of. They travel with its end: nobody waits for them. */
export function appendEvents(tx: Tx, events: readonly NewEvent[]): void {
  if (events.length === 0) return
  tx.wake('events')
  const rows = events.map((event) => ({
    id: event.id ?? newId(),
    tenant_id: event.tenantId,
    type: event.type,
    actor: event.actor,
    cause: event.cause ?? null,
    subject_type: event.subject.type,
    subject_id: event.subject.id,
    conversation_id: event.conversationId ?? null,
    correlation_id: event.correlationId ?? null,
    data: event.data ?? {},
  }))
  tx.write(sql`
    insert into events (id, tenant_id, type, actor, cause, subject_type, subject_id, conversation_id, correlation_id, data)
    select id, tenant_id, type, actor, cause, subject_type, subject_id, conversation_id, correlation_id, data
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as e(
      id uuid, tenant_id uuid, type text, actor jsonb, cause jsonb, subject_type text, subject_id uuid,
      conversation_id uuid, correlation_id text, data jsonb)`)
}
