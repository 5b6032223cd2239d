/**
 * What the relay may do, line by line. A line more is a decision: it must tell where work waits, never what people
 * wrote, and it belongs in the review of the migration that grants it.
 */
export const RELAY_GRANTS = [
  'bells select: conversation_id due_at lease_until rung tenant_id token version',
  'bells update: due_at lease_until rung token version',
  'channels select: external_id id kind messages_per_second status tenant_id webhook_key',
  'conversations select: contact_id epoch handled_seq id last_message_at last_seq owner_id owner_kind snoozed_until state tenant_id',
  'events select: at conversation_id id position subject_id subject_type tenant_id type',
  'events update: position',
  'flow_versions select: flow_id id number tenant_id',
  'idempotency_keys delete',
  'idempotency_keys select: created_at key principal tenant_id',
  'inbound_events select: attempts channel_id id kind lane received_at retry_at state tenant_id',
  'inbound_keys delete',
  'inbound_keys select: channel_id received_at tenant_id',
  'invitations select: accepted_at expires_at id revoked_at tenant_id token_hash',
  'media_files select: attempts created_at id state tenant_id',
  'memberships select: id person_id role_id status tenant_id',
  'messages select: attempt conversation_id created_at direction held_until id message_class not_before sending_at state tenant_id',
  'rate_limit_buckets delete',
  'rate_limit_buckets select: bucket_type contact_id tenant_id window_end',
  'runs select: conversation_id flow_id flow_version_id id posture ring_due_at rings rung started_at state tenant_id turn updated_at wake_at',
  'runs update: ring_due_at rung',
  'tenants select: id status',
] as const
