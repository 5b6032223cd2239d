import type { Quota, Rate } from '#domain/quotas/plans.ts'

const names = {
  quota_members: 'Members and open invitations',
  quota_channels: 'Numbers',
  quota_contacts: 'Contacts',
  quota_flows: 'Flows',
  quota_customFields: 'Fields',
  quota_tags: 'Tags',
  quota_roles: 'Roles',
  quota_calendars: 'Business hours',
  quota_webhooks: 'Webhooks',
  quota_apiKeys: 'API keys',
  quota_storageBytes: 'Storage for files',
  quota_messages: 'Messages sent',
  quota_campaigns: 'Campaigns',
  quota_apiCalls: 'Requests of API keys',
  rate_requestsPerMinute: 'All keys together',
  rate_keyRequestsPerMinute: 'One key',
  rate_personRequestsPerMinute: 'One person',
} as const satisfies Record<`quota_${Quota}` | `rate_${Rate}`, string>

export const usage = {
  ...names,
  title: 'Plan and usage',
  plan: 'Plan: {name}',
  this_month: 'This month',
  this_month_text: 'Begins again on {date}.',
  kept: 'In the workspace',
  kept_text: 'What is there now. What you delete makes room.',
  rates: 'How often the API may be asked',
  rates_text: 'Requests a minute. Beyond that the answer is 429, with the time to wait.',
  of: '{used} of {limit}',
  nearly: 'nearly used up',
  full: 'used up',
} as const
