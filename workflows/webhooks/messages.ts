import { defineQuery, defineSignal } from '@temporalio/workflow'

/** "Look at your row": somebody asked for it to be sent again, or now. */
export const bell = defineSignal('bell')

export type DeliveryProgress = { attempts: number; attemptsMax: number | null; wakeAtMs: number | null }
export const progress = defineQuery<DeliveryProgress>('progress')

export type WebhookDeliveryInput = { tenantId: string; subscriptionId: string; messageId: string }

/** One workflow per address and event: the same event cannot be under way twice to the same address. */
export const webhookDeliveryWorkflowId = ({ tenantId, subscriptionId, messageId }: WebhookDeliveryInput): string =>
  `webhook/${tenantId}/${subscriptionId}/${messageId}`
