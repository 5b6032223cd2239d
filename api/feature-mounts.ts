import type { Mount } from './mounts.ts'
import { analyticsApi } from './routes/analytics.ts'
import { apiKeysApi } from './routes/api-keys.ts'
import { channelsApi } from './routes/channels.ts'
import { contactsApi } from './routes/contacts.ts'
import { conversationTagsApi } from './routes/conversation-tags.ts'
import { conversationsApi } from './routes/conversations.ts'
import { customFieldsApi } from './routes/custom-fields.ts'
import { dataRequestsApi } from './routes/data-requests.ts'
import { decodingPassesApi } from './routes/decoding-passes.ts'
import { diagnosticsApi } from './routes/diagnostics.ts'
import { flowVersionsApi } from './routes/flow-versions.ts'
import { flowsApi } from './routes/flows.ts'
import { mediaApi } from './routes/media.ts'
import { messagesApi } from './routes/messages.ts'
import { parkedItemsApi } from './routes/parked-items.ts'
import { requestLogApi } from './routes/request-log.ts'
import { retentionApi } from './routes/retention.ts'
import { runsApi } from './routes/runs.ts'
import { suppressionsApi } from './routes/suppressions.ts'
import { tagsApi } from './routes/tags.ts'
import { templatesApi } from './routes/templates.ts'
import { typingApi } from './routes/typing.ts'
import { usageApi } from './routes/usage.ts'
import { webhookDeliveriesApi } from './routes/webhook-deliveries.ts'
import { webhookSubscriptionsApi } from './routes/webhook-subscriptions.ts'

/** The features that people work with; messages hang under conversations and beside them. */
export const FEATURE_MOUNTS: readonly Mount[] = [
  { path: '/analytics', build: analyticsApi },
  { path: '/conversations', build: conversationsApi },
  { path: '/conversations', build: conversationTagsApi },
  { path: '/conversations', build: typingApi },
  { path: '', build: messagesApi },
  { path: '/channels', build: channelsApi },
  { path: '/channels', build: parkedItemsApi },
  { path: '/contacts', build: contactsApi },
  { path: '', build: suppressionsApi },
  { path: '', build: dataRequestsApi },
  { path: '/retention', build: retentionApi },
  { path: '/custom-fields', build: customFieldsApi },
  { path: '/tags', build: tagsApi },
  { path: '/flows', build: flowsApi },
  { path: '/flows', build: flowVersionsApi },
  { path: '/media', build: mediaApi },
  { path: '/runs', build: runsApi },
  { path: '/decoding-passes', build: decodingPassesApi },
  { path: '/templates', build: templatesApi },
  // Events that leave the house; the webhooks that come in are in `webhooks/` and hang at the root.
  { path: '/webhook-subscriptions', build: webhookSubscriptionsApi },
  { path: '/webhook-subscriptions', build: webhookDeliveriesApi },
  { path: '/api-keys', build: apiKeysApi },
  { path: '/request-log', build: requestLogApi },
  { path: '/usage', build: usageApi },
  { path: '/diagnostics', build: diagnosticsApi },
]
