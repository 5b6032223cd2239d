-- Who reads the stream of events and starts something: cursors, what changed on a contact, flows that a clock starts, and
-- the marks that providers are told.

-- How far each reader has come. A reader that begins later begins at the end, except for the one that rebuilds schedules.
create table event_cursors (
  name text primary key,
  position bigint not null,
  moved_at timestamptz not null default now()
);
insert into event_cursors (name, position) values
  ('contact-triggers', (select case when is_called then last_value else 0 end from event_positions)),
  ('flow-schedules', 0);
grant select (name, position), update (position, moved_at) on event_cursors to holdfast_relay;

-- An event that our own code refused does not hold up those behind it: it is tried again apart, and in the end is dead.
create table event_retries (
  tenant_id uuid not null references tenants on delete cascade,
  reader text not null,
  event_id uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'dead')),
  attempts int not null default 1,
  retry_at timestamptz not null default now(),
  error text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, reader, event_id)
);
create index event_retries_due on event_retries (reader, retry_at) where state = 'waiting';

-- What an attribute was and became. Events hold no values; this is consumed by the reaction and goes with its contact.
create table contact_changes (
  tenant_id uuid not null,
  event_id uuid not null,
  contact_id uuid not null,
  field text not null,
  was jsonb,
  became jsonb,
  primary key (tenant_id, event_id, field),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);
create index contact_changes_by_contact on contact_changes (tenant_id, contact_id);

-- How many flows changes of a contact have started within the hour: the end of every loop of flows.
create table flow_start_counts (
  tenant_id uuid not null,
  contact_id uuid not null,
  window_end timestamptz not null,
  count int not null,
  primary key (tenant_id, contact_id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);

-- When a time trigger of a published and enabled flow comes next.
create table flow_schedules (
  tenant_id uuid not null,
  flow_id uuid not null,
  flow_version_id uuid not null,
  trigger_index int not null,
  trigger jsonb not null,
  next_at timestamptz not null,
  primary key (tenant_id, flow_id, trigger_index),
  foreign key (tenant_id, flow_id) references flows (tenant_id, id) on delete cascade
);
create index flow_schedules_due on flow_schedules (next_at);

-- One row per instant at which a flow came due, so that each comes once; `after_contact` is where its pages stand.
create table flow_firings (
  tenant_id uuid not null,
  flow_id uuid not null,
  fire_at timestamptz not null,
  flow_version_id uuid not null,
  state text not null check (state in ('running', 'done', 'skipped', 'stopped')),
  after_contact uuid not null default '00000000-0000-0000-0000-000000000000',
  considered int not null default 0,
  started int not null default 0,
  failed int not null default 0,
  token uuid,
  lease_until timestamptz not null default now(),
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (tenant_id, flow_id, fire_at),
  foreign key (tenant_id, flow_id) references flows (tenant_id, id) on delete cascade
);
create index flow_firings_running on flow_firings (lease_until) where state = 'running';

-- What a provider is to be told about a conversation: read up to a message, and that somebody is typing.
create table read_marks (
  tenant_id uuid not null,
  conversation_id uuid not null,
  message_id uuid,
  marked_message_id uuid,
  typing_at timestamptz,
  typing_told_at timestamptz,
  rings int not null default 1,
  rung int not null default 0,
  due_at timestamptz not null default now(),
  error text,
  told_at timestamptz,
  primary key (tenant_id, conversation_id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
) with (fillfactor = 70);
create index read_marks_due on read_marks (due_at) where rung < rings;

do $$
declare
  t text;
begin
  foreach t in array array['event_retries', 'contact_changes', 'flow_start_counts', 'flow_schedules', 'flow_firings', 'read_marks']
  loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
    execute format('grant select, insert, update, delete on %I to holdfast_app', t);
  end loop;
  foreach t in array array['event_retries', 'flow_schedules', 'flow_firings', 'read_marks'] loop
    execute format('create policy relay on %I for select to holdfast_relay using (true)', t);
  end loop;
  foreach t in array array['flow_firings', 'read_marks'] loop
    execute format('create policy relay_update on %I for update to holdfast_relay using (true) with check (true)', t);
  end loop;
end $$;
grant select (tenant_id, reader, event_id, state, retry_at) on event_retries to holdfast_relay;
grant select (tenant_id, flow_id, trigger_index, next_at) on flow_schedules to holdfast_relay;
grant select (tenant_id, flow_id, fire_at, state, token, lease_until), update (token, lease_until) on flow_firings to holdfast_relay;
grant select (tenant_id, conversation_id, rings, rung, due_at), update (rung, due_at) on read_marks to holdfast_relay;
