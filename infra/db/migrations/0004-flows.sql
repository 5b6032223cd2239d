-- Flows as data, their immutable versions, and the runs of them.

create table flows (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null check (length(name) between 1 and 120),
  description text not null default '',
  enabled boolean not null default false,
  priority int not null default 100,
  draft jsonb not null,
  published_version_id uuid,
  version int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  archived_at timestamptz,
  unique (tenant_id, id)
);
create index flows_by_tenant on flows (tenant_id, id desc);

create table flow_versions (
  id uuid primary key,
  tenant_id uuid not null,
  flow_id uuid not null,
  number int not null,
  definition jsonb not null,
  note text not null default '',
  published_by uuid,
  published_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, flow_id, number),
  foreign key (tenant_id, flow_id) references flows (tenant_id, id) on delete cascade
);
alter table flows add foreign key (tenant_id, published_version_id) references flow_versions (tenant_id, id)
  deferrable initially deferred;

create function refuse_change() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  raise exception 'rows of % never change', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger flow_versions_immutable before update on flow_versions for each row execute function refuse_change();

-- The id is a hash of (flow, contact, cause): the same cause never starts twice.
create table runs (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  flow_id uuid not null,
  flow_version_id uuid not null,
  contact_id uuid not null,
  conversation_id uuid not null,
  cause jsonb not null,
  state text not null default 'starting' check (state in ('starting', 'open', 'parked', 'closed', 'failed')),
  posture text not null default 'working',
  outcome text,
  error_code text,
  turn int not null default 0,
  wait_id text,
  wake_at timestamptz,
  node_id text,
  priority int not null default 100,
  interpreter jsonb,
  wants_floor_since timestamptz,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (tenant_id, id),
  foreign key (tenant_id, flow_id) references flows (tenant_id, id),
  foreign key (tenant_id, flow_version_id) references flow_versions (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade,
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
) with (fillfactor = 70);
create index runs_by_flow on runs (tenant_id, flow_id, started_at desc);
create index runs_by_contact on runs (tenant_id, contact_id, started_at desc);
create index runs_by_conversation on runs (tenant_id, conversation_id) where state in ('starting', 'open', 'parked');
create index runs_standing on runs (tenant_id, flow_id, node_id) where state in ('starting', 'open', 'parked');
create index runs_overdue on runs (wake_at) where state = 'open' and wake_at is not null;
create index runs_starting on runs (started_at) where state = 'starting';

create table run_events (
  id uuid not null,
  tenant_id uuid not null,
  run_id uuid not null,
  turn int not null,
  at timestamptz not null,
  kind text not null,
  node_id text,
  detail jsonb not null default '{}',
  primary key (id)
) partition by range (id);
create index run_events_by_run on run_events (tenant_id, run_id, id);

-- What a turn decided, so that a turn that runs twice decides once.
create table turn_outcomes (
  tenant_id uuid not null,
  workflow_id text not null,
  first_run_id text not null,
  turn int not null,
  outcome jsonb not null,
  at timestamptz not null default now(),
  primary key (tenant_id, workflow_id, first_run_id, turn)
);
