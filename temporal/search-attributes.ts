import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common'

// Search attributes are stored in clear by the server and never pass the codec: ids and states only, no personal data.
// All are Keyword: the server's SQL visibility has few columns of every other type.
export const TENANT_ID = defineSearchAttributeKey('TenantId', 'KEYWORD')
export const KIND = defineSearchAttributeKey('Kind', 'KEYWORD')
/**
 * `failed` where a run of a flow broke or a delivery was given up, which the server calls completed like any other; else
 * absent. In a search written by hand its name stands in backticks: it is a word of the language of searches too.
 */
export const STATUS = defineSearchAttributeKey('Status', 'KEYWORD')
export const FLOW_ID = defineSearchAttributeKey('FlowId', 'KEYWORD')
export const FLOW_VERSION = defineSearchAttributeKey('FlowVersion', 'KEYWORD')
export const CAMPAIGN_ID = defineSearchAttributeKey('CampaignId', 'KEYWORD')
export const CONVERSATION_ID = defineSearchAttributeKey('ConversationId', 'KEYWORD')

/** What the server must know before the first workflow starts. */
export const REQUIRED_SEARCH_ATTRIBUTES = [
  TENANT_ID,
  KIND,
  STATUS,
  FLOW_ID,
  FLOW_VERSION,
  CAMPAIGN_ID,
  CONVERSATION_ID,
] as const

export type SearchFacts = {
  tenantId: string
  kind: string
  flowId?: string
  flowVersion?: string
  campaignId?: string
  conversationId?: string
}

/** The search attributes that a workflow begins with, ready for `typedSearchAttributes` of a start. */
export function searchAttributes(facts: SearchFacts): SearchAttributePair[] {
  const pairs: [(typeof REQUIRED_SEARCH_ATTRIBUTES)[number], string | undefined][] = [
    [TENANT_ID, facts.tenantId],
    [KIND, facts.kind],
    [FLOW_ID, facts.flowId],
    [FLOW_VERSION, facts.flowVersion],
    [CAMPAIGN_ID, facts.campaignId],
    [CONVERSATION_ID, facts.conversationId],
  ]
  return pairs.flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }]))
}
