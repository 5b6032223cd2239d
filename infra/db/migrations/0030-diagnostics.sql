-- One look at everything that a workspace needs to work: runs, what each check found, and when the next run is due.

create table diagnostic_runs (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  cause text not null check (cause in ('person', 'schedule')),
  requested_by jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'cancelled')),
  result text check (result in ('passed', 'warning', 'failed')),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  unique (tenant_id, id),
  check ((ended_at is null) = (state in ('waiting', 'running'))),
  check ((result is not null) = (state = 'done'))
);
-- One at a time: a second one would measure the first.
create unique index diagnostic_runs_one_open on diagnostic_runs (tenant_id) where state in ('waiting', 'running');
create index diagnostic_runs_waiting on diagnostic_runs (created_at) where state = 'waiting';

create table diagnostic_checks (
  id uuid primary key,
  tenant_id uuid not null,
  diagnostic_id uuid not null,
  position int not null check (position >= 0),
  key text not null check (key in ('database', 'temporal', 'clock', 'storage', 'mail', 'queues', 'credentials',
    'subscription', 'round_trip', 'replay', 'webhooks', 'errors')),
  channel_id uuid,
  status text not null default 'waiting' check (status in ('waiting', 'running', 'passed', 'warning', 'failed', 'skipped')),
  findings jsonb not null default '[]',
  facts jsonb not null default '{}',
  -- The hash of the probe that was sent through the webhook, and when the dispatcher took it. Only this run knows the probe.
  probe_hash text,
  probe_taken_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  unique (tenant_id, id),
  unique (tenant_id, diagnostic_id, position),
  foreign key (tenant_id, diagnostic_id) references diagnostic_runs (tenant_id, id) on delete cascade,
  foreign key (tenant_id, channel_id) references channels (tenant_id, id) on delete set null (channel_id)
);
create index diagnostic_checks_probed on diagnostic_checks (tenant_id, channel_id) where probe_hash is not null and probe_taken_at is null;

-- A workspace without a row gets one at the dispatcher's next round: every day, until somebody switches it off.
create table diagnostic_schedules (
  tenant_id uuid primary key references tenants on delete cascade,
  enabled boolean not null default true,
  next_at timestamptz not null
);
create index diagnostic_schedules_due on diagnostic_schedules (next_at) where enabled;

do $$
declare
  t text;
begin
  foreach t in array array['diagnostic_runs', 'diagnostic_checks', 'diagnostic_schedules'] loop
    execute format('alter table %I enable row level security', t);
    execute format('alter table %I force row level security', t);
    execute format('create policy tenant on %I for all to holdfast_app
      using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()))', t);
    execute format('grant select, insert, update, delete on %I to holdfast_app', t);
  end loop;
end $$;

-- That work waits, and for whom; never what was found.
create policy relay on diagnostic_runs for select to holdfast_relay using (true);
grant select (id, tenant_id, state, created_at) on diagnostic_runs to holdfast_relay;
create policy relay on diagnostic_schedules for select to holdfast_relay using (true);
grant select (tenant_id, enabled, next_at) on diagnostic_schedules to holdfast_relay;
