-- Bells of runs that are not the owner of their conversation, and the outside calls that runs make.

alter table runs
  add column rings int not null default 1,
  add column rung int not null default 0,
  add column ring_due_at timestamptz not null default now(),
  add column resume boolean not null default false,
  add column parked_code text;
create index runs_ring on runs (ring_due_at) where rung < rings;
create index runs_wanting_floor on runs (tenant_id, conversation_id, priority, wants_floor_since) where wants_floor_since is not null;
grant select (rings, rung, ring_due_at) on runs to holdfast_relay;
create policy relay_update on runs for update to holdfast_relay using (true) with check (true);
grant update (rung, ring_due_at) on runs to holdfast_relay;

-- The claim check of a REST step: histories hold its id, the request and the answer stay here.
create table run_calls (
  tenant_id uuid not null,
  run_id uuid not null,
  wait_id text not null,
  node_id text not null,
  request jsonb not null,
  outcome jsonb,
  created_at timestamptz not null default now(),
  settled_at timestamptz,
  primary key (tenant_id, run_id, wait_id),
  foreign key (tenant_id, run_id) references runs (tenant_id, id) on delete cascade
);
alter table run_calls enable row level security;
alter table run_calls force row level security;
create policy tenant on run_calls for all to holdfast_app
  using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
grant select, insert, update, delete on run_calls to holdfast_app;

-- A wait that began when its prompt was accepted: which outbound row is that prompt.
alter table messages add column prompt_wait_id text, add column prompt_timeout_ms bigint;

-- Media have no words of their own: lists translate the label instead.
alter table conversations add column last_message_label text;
