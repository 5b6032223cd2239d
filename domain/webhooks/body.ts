import { freshBudget } from '../conditions/budget.ts'
import { holds } from '../conditions/evaluate.ts'
import type { Json } from '../conditions/json.ts'
import { DomainError } from '../errors.ts'
import type { HouseEvent } from '../events/schema.ts'
import type { WebhookBody } from './schema.ts'

type Told = Omit<HouseEvent, 'position' | 'type'> & { type: string; tenantId: string }

/** The body that a receiver gets of an event. Its text is made once and is the same at every attempt. */
export const bodyOf = (event: Told): WebhookBody => ({
  id: event.id,
  type: event.type,
  version: event.version,
  timestamp: event.at,
  tenantId: event.tenantId,
  actor: event.actor,
  subject: event.subject,
  conversationId: event.conversationId,
  correlationId: event.correlationId,
  data: event.data,
})

/**
 * Whether a subscription wants an event of a type that it is subscribed to. A filter that cannot be evaluated within its
 * budget lets the event pass: one too many is better than one that is missing.
 */
export function passesFilter(filter: Json, body: WebhookBody): boolean {
  if (filter === null) return true
  try {
    return holds(filter, body as unknown as Json, freshBudget())
  } catch (error) {
    if (error instanceof DomainError) return true
    throw error
  }
}
