import type { RetentionLimit } from '#domain/privacy/retention.ts'

// What becomes of the rows of every table with time. A test holds these lists to the tables that there are, so that no new one
// grows without anybody having decided for how long. What goes row by row is in retention-rows.ts; a name without a schema is one
// of the tenants'.

/** Cut by month of their ids: a month goes whole once no tenant keeps it. */
export const BY_MONTH = {
  messages: 'historyBeforeMs',
  message_statuses: 'historyBeforeMs',
  run_events: 'historyBeforeMs',
  channel_events: 'historyBeforeMs',
  events: 'historyBeforeMs',
  audit_log: 'auditBeforeMs',
  inbound_events: 'rawBeforeMs',
  inbound_bodies: 'rawBeforeMs',
  webhook_deliveries: 'deliveryBeforeMs',
  webhook_attempts: 'deliveryBeforeMs',
} as const satisfies Record<string, RetentionLimit>

/** Go with a row of another table, by a foreign key that cascades. */
export const FOLLOWS = {
  bells: 'conversations',
  consent_changes: 'contacts',
  consents: 'contacts',
  contact_identities: 'contacts',
  contact_tags: 'contacts',
  contact_words: 'contacts',
  conversation_tags: 'conversations',
  diagnostic_checks: 'diagnostic_runs',
  flow_schedules: 'flows',
  flow_start_counts: 'contacts',
  initiated_contacts: 'contacts',
  notification_deliveries: 'notifications',
  notification_settings: 'people',
  push_subscriptions: 'people',
  read_marks: 'conversations',
  run_calls: 'runs',
  sent_files: 'conversations',
  suppressions: 'contacts',
  'auth.known_devices': 'auth.user',
  'auth.passkeys': 'auth.user',
  'auth.recovery_codes': 'auth.user',
  'auth.totp_secrets': 'auth.user',
  'auth.account': 'auth.user',
} as const satisfies Record<string, string>

/** Of use for a while only, and deleted by a loop or verb of their own when it is over. */
export const SWEPT = {
  'auth.account_acts': 'when the logs have them, a minute after a process died over them',
  address_rates: 'an hour after the allowance is whole',
  api_requests: 'thirty days, cut by day',
  'auth.attempts': 'with their window',
  'auth.ceremonies': 'with their end',
  first_numbers: 'when their tenant has a number',
  idempotency_keys: 'two days',
  inbound_keys: 'fifteen days, longer than providers repeat',
  initiation_counts: 'two days',
  media_files: 'as long as the history, or until an end of their own; with the file itself',
  'auth.pending_sign_ins': 'with their end',
  person_idempotency_keys: 'two days',
  process_beats: 'with their process, or a day after it was killed',
  rate_limit_buckets: 'a day after their window',
  'auth.session': 'with their end',
  'auth.verification': 'with their end',
} as const satisfies Record<string, string>

/** Not deleted by time, each for a reason. */
export const KEPT = {
  // What people made, bounded by a quota or by how many there are; they delete it, or it ends with its tenant.
  api_keys: 'the logs name them, also those that were revoked',
  calendars: 'made by people',
  channels: 'made by people; conversations are with them',
  contacts: 'made by people, until they are erased',
  custom_fields: 'made by people',
  diagnostic_schedules: 'one for each tenant',
  flow_versions: 'runs say which one they ran',
  flows: 'made by people; runs belong to them',
  memberships: 'the logs name them, also those that were ended',
  people: 'the logs name them',
  plans: 'tenants have them',
  retention_policies: 'one for each tenant',
  roles: 'made by people',
  tags: 'made by people',
  templates: 'as many as the provider has',
  tenants: 'what all else belongs to',
  translation_overrides: 'one for each text',
  'auth.user': 'accounts, until they are deleted',
  webhook_subscriptions: 'made by people',
  // One row for each of something that is kept.
  event_cursors: 'one for each reader',
  number_buckets: 'one for each number',
  pair_buckets: 'one for each contact and number',
  tenant_rates: 'one for each who asks; not logged, and gone after a crash',
  usage_counters: 'one for each quota and month: bills are held against them',
  quota_warnings: 'one for each quota and month',
  // Proof.
  audit_chain: 'links of lines that may be gone, so that the chain stays whole; hashes only',
  audit_heads: 'one for each tenant',
  'platform.audit_head': 'the end of the chain of the platform',
  'platform.audit_log': 'what the few who run the installation did',
  'platform.audit_chain': 'links of those lines',
  erased_identities: 'whoever was erased is known again when old data come back; keyed hashes only',
  subject_keys: 'that a key was destroyed stays known',
  // The installation itself.
  'platform.administrators': 'the few who run the installation',
  migrations: 'one for each change of the tables',
  partitioned_tables: 'one for each table that is cut by month',
  'platform.settings': 'one row',
  'platform.texts': 'one for each text',
} as const satisfies Record<string, string>
