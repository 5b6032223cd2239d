-- What came in, byte by byte, and what happened, fact by fact.

create table inbound_bodies (
  id uuid not null,
  tenant_id uuid not null,
  channel_id uuid not null,
  body bytea not null,
  received_at timestamptz not null default now(),
  primary key (id)
) partition by range (id);

-- The unique key over all partitions of inbound_events; kept longer than providers retry.
create table inbound_keys (
  tenant_id uuid not null,
  channel_id uuid not null,
  key text not null,
  received_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, key)
);
create index inbound_keys_by_age on inbound_keys using brin (received_at);

create table inbound_events (
  id uuid not null,
  tenant_id uuid not null,
  channel_id uuid not null,
  body_id uuid not null,
  key text not null,
  kind text not null,
  lane text not null,
  item jsonb,
  raw text,
  state text not null default 'new' check (state in ('new', 'done', 'dead')),
  attempts int not null default 0,
  retry_at timestamptz,
  error text,
  received_at timestamptz not null default now(),
  done_at timestamptz,
  primary key (id)
) partition by range (id);
create index inbound_events_new on inbound_events (id) where state = 'new';
create index inbound_events_lane on inbound_events (tenant_id, channel_id, lane, id) where state = 'new';
create index inbound_events_dead on inbound_events (tenant_id, id desc) where state = 'dead';

-- position is given after commit by the sequencer, in batches: a cursor never steps over a late commit.
create sequence event_positions;
create table events (
  id uuid not null,
  tenant_id uuid not null,
  position bigint,
  type text not null,
  version int not null default 1,
  actor jsonb not null,
  cause jsonb,
  subject_type text not null,
  subject_id uuid not null,
  conversation_id uuid,
  correlation_id text,
  data jsonb not null default '{}',
  at timestamptz not null default now(),
  primary key (id)
) partition by range (id);
create index events_unnumbered on events (id) where position is null;
create index events_by_position on events (position) where position is not null;
create index events_by_tenant on events (tenant_id, position) where position is not null;
create index events_by_conversation on events (tenant_id, conversation_id, id) where conversation_id is not null;
