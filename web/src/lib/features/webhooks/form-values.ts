import { z } from 'zod'
import type { EventType } from '#domain/events/schema.ts'
import { CreateWebhookSubscription, WebhookSchedule, type WebhookSubscription } from '#domain/webhooks/schema.ts'

const Count = z.string().regex(/^\d+$/)

function isRule(text: string): boolean {
  if (text.trim() === '') return true
  try {
    return CreateWebhookSubscription.shape.filter.safeParse(JSON.parse(text)).success
  } catch {
    return false
  }
}

/** What the form holds: choices as texts, the rule as it is typed. */
export const WebhookForm = z.strictObject({
  name: CreateWebhookSubscription.shape.name,
  url: CreateWebhookSubscription.shape.url,
  events: CreateWebhookSubscription.shape.events,
  schedule: WebhookSchedule,
  retryCount: Count,
  timeoutSeconds: Count,
  inFlightMax: Count,
  ordered: z.boolean(),
  filter: z.string().refine(isRule),
  certificate: z.string(),
  key: z.string(),
})
export type WebhookForm = z.infer<typeof WebhookForm>

/** The form of a subscription as it stands, or of one that is to be. */
export function formOf(one: WebhookSubscription | undefined): WebhookForm {
  return {
    name: one?.name ?? '',
    url: one?.url ?? '',
    events: (one?.events ?? []) as EventType[],
    schedule: one?.schedule ?? 'default',
    retryCount: String(one?.retryCount ?? 3),
    timeoutSeconds: String(one?.timeoutSeconds ?? 15),
    inFlightMax: String(one?.inFlightMax ?? 8),
    ordered: one?.ordered ?? false,
    filter: one?.filter === null || one === undefined ? '' : JSON.stringify(one.filter, null, 2),
    certificate: '',
    key: '',
  }
}

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** The form once its subscription was changed: what nobody touched since `before` is as it is `now`, what was typed stays. */
export function followed(typed: WebhookForm, { before, now }: { before: WebhookForm; now: WebhookForm }): WebhookForm {
  const touched = Object.entries(typed).filter(([name, value]) => !isSame(value, before[name as keyof WebhookForm]))
  return { ...now, ...Object.fromEntries(touched) }
}

/** What the API is asked for. Without a certificate typed in, the one that is there stays. */
export function inputOf({ certificate, key, filter, ...form }: WebhookForm) {
  const tls = certificate.trim() === '' && key.trim() === '' ? undefined : { certificate, key }
  return {
    ...form,
    retryCount: Number(form.retryCount),
    timeoutSeconds: Number(form.timeoutSeconds),
    inFlightMax: Number(form.inFlightMax),
    filter: filter.trim() === '' ? null : (JSON.parse(filter) as unknown),
    ...(tls !== undefined && { clientTls: tls }),
  }
}
