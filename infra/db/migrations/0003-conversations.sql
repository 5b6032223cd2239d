-- The mailbox: conversations, messages, bells. docs: ARCHITECTURE.md, "A message's way".

create table conversations (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  channel_id uuid not null,
  contact_id uuid not null,
  state text not null default 'bot' check (state in ('bot', 'queued', 'assigned', 'snoozed', 'closed')),
  owner_kind text not null default 'none' check (owner_kind in ('none', 'user', 'run')),
  owner_id uuid,
  epoch int not null default 0,
  cut_epoch int not null default 0,
  last_seq int not null default 0,
  handled_seq int not null default 0,
  outbound_seq int not null default 0,
  needs_people boolean not null default false,
  priority text not null default 'normal' check (priority in ('urgent', 'normal', 'low')),
  team_id uuid,
  required_skills text[] not null default '{}',
  close_reason text,
  snoozed_until timestamptz,
  window_expires_at timestamptz,
  first_message_at timestamptz,
  first_response_at timestamptz,
  last_message_at timestamptz not null default now(),
  last_message_preview text not null default '',
  last_message_direction text not null default 'inbound',
  unread_count int not null default 0,
  held_count int not null default 0,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  metadata jsonb not null default '{}',
  check ((owner_kind = 'none') = (owner_id is null)),
  check (handled_seq <= last_seq),
  check (cut_epoch <= epoch),
  unique (tenant_id, id),
  foreign key (tenant_id, channel_id) references channels (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
) with (fillfactor = 70);
-- CONV-01: at most one open conversation per contact and channel account.
create unique index conversations_one_open on conversations (tenant_id, channel_id, contact_id) where state <> 'closed';
create index conversations_by_recency on conversations (tenant_id, last_message_at desc, id desc);
create index conversations_by_state on conversations (tenant_id, state, last_message_at desc, id desc);
create index conversations_by_owner on conversations (tenant_id, owner_id, last_message_at desc, id desc) where owner_id is not null;
create index conversations_unread on conversations (tenant_id, last_message_at desc, id desc) where unread_count > 0;
create index conversations_by_contact on conversations (tenant_id, contact_id, id desc);
create index conversations_unhandled on conversations (last_message_at) where handled_seq < last_seq;

create table messages (
  id uuid not null,
  tenant_id uuid not null,
  conversation_id uuid not null,
  contact_id uuid not null,
  channel_id uuid not null,
  direction text not null check (direction in ('inbound', 'outbound', 'internal')),
  sender_type text not null check (sender_type in ('contact', 'user', 'flow', 'system', 'echo', 'api')),
  sender_id uuid,
  kind text not null,
  content jsonb not null,
  external_id text,
  reply_to_external_id text,
  context jsonb,
  -- inbound
  seq int,
  held_until timestamptz,
  held_reason text,
  -- outbound
  outbound_seq int,
  state text check (state in ('queued', 'sending', 'unknown', 'accepted', 'sent', 'delivered', 'read', 'failed', 'suppressed', 'superseded')),
  message_class text check (message_class in ('reply', 'reminder', 'campaign')),
  epoch int,
  automated boolean not null default false,
  cause jsonb,
  run_id uuid,
  node_id text,
  attempt int not null default 0,
  fence text,
  sending_at timestamptz,
  not_before timestamptz,
  failure jsonb,
  possible_duplicate boolean not null default false,
  duplicate_detected boolean not null default false,
  -- times
  sent_at timestamptz not null,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  primary key (id),
  unique (tenant_id, id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
) partition by range (id);
create index messages_thread on messages (tenant_id, conversation_id, id desc);
create index messages_inbox on messages (tenant_id, conversation_id, seq) where seq is not null;
create index messages_outbox on messages (tenant_id, conversation_id, outbound_seq) where state in ('queued', 'sending');
create index messages_unsettled on messages (sending_at) where state in ('sending', 'unknown');
create index messages_stale_queue on messages (created_at) where state = 'queued';
create index messages_held on messages (held_until) where held_until is not null;

-- Providers' ids live apart from the partitions, because a unique key over partitions would need the partition's key.
create table message_external_ids (
  tenant_id uuid not null,
  channel_id uuid not null,
  external_id text not null,
  message_id uuid not null,
  conversation_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, channel_id, external_id)
);

-- One row per outside cause (a client's id, an API call), so that the same cause never writes twice.
create table message_causes (
  tenant_id uuid not null,
  cause text not null,
  message_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, cause)
);

create table message_statuses (
  id uuid not null,
  tenant_id uuid not null,
  message_id uuid not null,
  status text not null,
  at timestamptz not null,
  received_at timestamptz not null default now(),
  errors jsonb,
  pricing jsonb,
  primary key (id)
) partition by range (id);
create index message_statuses_by_message on message_statuses (tenant_id, message_id);

create table message_reactions (
  tenant_id uuid not null,
  message_id uuid not null,
  sender_type text not null,
  emoji text not null,
  at timestamptz not null,
  primary key (tenant_id, message_id, sender_type)
);

create table media_files (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  message_id uuid,
  conversation_id uuid,
  channel_id uuid,
  media_type text not null check (media_type in ('image', 'video', 'audio', 'document', 'sticker')),
  state text not null default 'pending' check (state in ('pending', 'stored', 'failed', 'gone')),
  provider_media_id text,
  uploaded_media_id text,
  uploaded_at timestamptz,
  storage_key text,
  mime_type text not null,
  file_name text,
  file_size_bytes bigint,
  sha256 text,
  attempts int not null default 0,
  error text,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  unique (tenant_id, id)
);
create index media_files_pending on media_files (created_at) where state = 'pending';
create index media_files_by_message on media_files (tenant_id, message_id);

-- One bell per conversation. version counts its causes; rung is the version last rung for.
create table bells (
  conversation_id uuid primary key,
  tenant_id uuid not null,
  version int not null default 1,
  rung int not null default 0,
  due_at timestamptz not null default now(),
  token uuid,
  lease_until timestamptz,
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
) with (fillfactor = 70);
create index bells_due on bells (due_at) where rung < version;

-- Pair limit of the provider (one message in six seconds, bursts of 45), as the theoretical arrival time of GCRA.
create table pair_buckets (
  tenant_id uuid not null,
  channel_id uuid not null,
  contact_id uuid not null,
  arrival_at timestamptz not null,
  primary key (tenant_id, channel_id, contact_id)
);

-- Throughput of a number, leased by workers in slices of a second.
create table number_buckets (
  tenant_id uuid not null,
  channel_id uuid not null,
  tokens double precision not null,
  refilled_at timestamptz not null,
  slow_until timestamptz,
  primary key (tenant_id, channel_id)
);
